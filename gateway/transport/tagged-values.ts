import { type ASTNode, parse, visit } from 'graphql';
import { ExactNumber } from '../json/exact-number';
import { parseJson } from '../json/parse';
import type { FetchRequest } from './fetch-request';

/** What was asked of a subgraph, and what it answered. */
export interface Exchanged {
  readonly request: Pick<FetchRequest, 'operation' | 'lists' | 'variables'>;
  /** Undefined when it answered none. */
  readonly data: unknown;
}

/**
 * Values that went to a subgraph and came from it at fields, arguments and input fields of some names: written in its operation, in
 * variables, in entities and in data. Leaves only.
 */
export function* taggedValues(names: ReadonlySet<string>, { request, data }: Exchanged): Generator<unknown> {
  const { operation, lists, variables } = request;
  const keys = new Set<string>();
  const variableNames = new Set<string>();
  const literals: unknown[] = [];
  const takeLiteral = ({ value }: { readonly value: string }) => void literals.push(value);
  const take = (value: ASTNode) =>
    visit(value, {
      Variable: ({ name }) => void variableNames.add(name.value),
      StringValue: takeLiteral,
      IntValue: takeLiteral,
      FloatValue: takeLiteral,
      EnumValue: takeLiteral,
    });
  visit(parse(operation.text, { noLocation: true }), {
    Field({ name, alias }) {
      if (names.has(name.value)) keys.add((alias ?? name).value);
    },
    Argument({ name, value }) {
      if (names.has(name.value)) take(value);
    },
    ObjectField({ name, value }) {
      if (names.has(name.value)) take(value);
    },
  });
  yield* literals;
  for (const [name, value] of membersOf(parseJson(variables)))
    yield* variableNames.has(name) ? leaves(value) : leavesAt(value, names);
  for (const { entities } of lists) for (const entity of entities) yield* leavesAt(parseJson(entity), names);
  yield* leavesAt(data, keys);
}

/** Leaves below members of some names, wherever these are. */
function* leavesAt(value: unknown, names: ReadonlySet<string>): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, below] of Object.entries(value))
    yield* names.has(name) && !Array.isArray(value) ? leaves(below) : leavesAt(below, names);
}

function* leaves(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) yield value;
  else for (const below of Object.values(value)) yield* leaves(below);
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
