import { parseOrNone } from '../../json/parse';
import type { FoundConnector } from '../../rest-tests/connector-at';
import { givenArguments } from '../../rest-tests/given-arguments';
import type { Given } from '../../rest-tests/rehearsal';
import type { Connectors } from '../../transport/rest/connector';
import { isJsonObject, type JsonObject } from '../../transport/rest/json';
import { usageError } from '../output';

export interface RunOptions {
  readonly args?: string;
  readonly this?: string;
  readonly batch?: string;
  readonly variables?: string;
  readonly header: readonly string[];
  readonly url: readonly string[];
  readonly response?: string;
  readonly status: number;
  readonly config?: string;
}

/**
 * What a connector reads, out of the options of a command line.
 * @param config values of `$config` that the configuration gives
 * @throws {HeadgateError} USAGE
 */
export function readGiven(
  connectors: Connectors,
  found: FoundConnector,
  options: RunOptions,
  config: JsonObject,
): Given {
  const { $args, $config, $requestHeaders, ...variables } = objectIn('--variables', options.variables);
  const given = options.args === undefined ? $args : objectIn('--args', options.args);
  const args = givenArguments(connectors, found, isJsonObject(given) ? given : {});
  if (Array.isArray(args)) throw usageError(args.join('\n'));
  const named = connectors.env.filter(({ source }) => source === found.connector.source);
  const env = named.flatMap(({ name }) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    variables: {
      ...variables,
      ...(found.field !== null && { $args: args as JsonObject }), // as: no list of problems
      ...(options.this !== undefined && { $this: objectIn('--this', options.this) }),
      ...(options.batch !== undefined && { $batch: listIn('--batch', options.batch) }),
    },
    config: isJsonObject($config) ? { ...config, ...$config } : config,
    headers: {
      ...(isJsonObject($requestHeaders) && texts($requestHeaders)),
      ...Object.fromEntries(options.header.map(readHeader)),
    },
    env: Object.fromEntries(env),
  };
}

function texts(headers: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function readHeader(text: string): readonly [string, string] {
  const at = text.indexOf(':');
  if (at < 1) throw usageError(`--header takes 'name: value', not ${text}`);
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}

function objectIn(option: string, text: string | undefined): JsonObject {
  if (text === undefined) return {};
  const value = parseOrNone(text);
  if (isJsonObject(value)) return value;
  throw usageError(`${option} takes a JSON object, not ${text}`);
}

function listIn(option: string, text: string): readonly JsonObject[] {
  const value = parseOrNone(text);
  if (Array.isArray(value) && value.every(isJsonObject)) return value;
  throw usageError(`${option} takes a JSON list of objects, not ${text}`);
}
