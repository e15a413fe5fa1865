import { coerceInputValue, type GraphQLArgument, type GraphQLInputType, isObjectType } from 'graphql';
import { parseOrNone } from '../json/parse';
import type { Connectors } from '../transport/rest/connector';
import type { JsonObject } from '../transport/rest/json';
import type { FoundConnector } from './connector-at';

/**
 * Arguments of a field as GraphQL would give them to its connector: of the types that they have, defaults filled in. Text is also
 * taken for what it says, `"12"` for 12, because suites written for other runners have nothing but text.
 * @returns what is wrong, in words, when GraphQL would refuse them
 */
export function givenArguments(
  { schema }: Connectors,
  { type, field }: FoundConnector,
  given: Readonly<Record<string, unknown>>,
): JsonObject | readonly string[] {
  const parent = schema.getType(type);
  const definition = field !== null && isObjectType(parent) ? parent.getFields()[field] : undefined;
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const place = field === null ? type : `${type}.${field}`;
  for (const name of Object.keys(given))
    if (!definition?.args.some((argument) => argument.name === name)) problems.push(`${place} has no argument ${name}`);
  for (const argument of definition?.args ?? []) {
    const value = Object.hasOwn(given, argument.name) ? given[argument.name] : argument.defaultValue;
    // What is not given is left to the connector: a suite may be about what it does then.
    if (value === undefined) continue;
    const read = coerced(value, argument);
    if ('problem' in read) problems.push(`${place}(${argument.name}:) ${read.problem}`);
    else values[argument.name] = read.value;
  }
  // as: what graphql-js makes of JSON is JSON
  return problems.length > 0 ? problems : (values as JsonObject);
}

type Read = { readonly value: unknown } | { readonly problem: string };

function coerced(value: unknown, { type, defaultValue }: GraphQLArgument): Read {
  if (value === defaultValue) return { value };
  const read = coercedTo(type, value);
  if (!('problem' in read) || typeof value !== 'string') return read;
  const said = parseOrNone(value);
  const again = said === undefined ? read : coercedTo(type, said);
  return 'problem' in again ? read : again;
}

function coercedTo(type: GraphQLInputType, value: unknown): Read {
  let problem: string | null = null;
  const read: unknown = coerceInputValue(value, type, (path, _invalid, error) => {
    problem ??= path.length === 0 ? error.message : `at ${path.join('.')}: ${error.message}`;
  });
  return problem === null ? { value: read } : { problem };
}
