import { isJsonArray, isJsonObject, isJsonScalar, isNumeric, type Json, ownProperty } from '../../json';
import { boundedString } from '../scope';
import { eager, forEach, type Method } from './method';

function elements(input: Json): readonly Json[] {
  return isJsonArray(input) ? input : [input];
}

/** An integer argument as a place in a list of `length`; `undefined` when it is no integer. */
function integer(value: Json | undefined): number | undefined {
  return isNumeric(value) && Number.isInteger(Number(value)) ? Number(value) : undefined;
}

function slice(input: Json, args: readonly Json[]): Json | undefined {
  if (!isJsonArray(input) && typeof input !== 'string') return undefined;
  const start = args[0] === undefined ? 0 : integer(args[0]);
  const end = args[1] === undefined ? input.length : integer(args[1]);
  if (start === undefined || end === undefined) return undefined;
  return input.slice(Math.max(start, 0), Math.max(end, 0));
}

function get(input: Json, [place]: readonly Json[]): Json | undefined {
  if (isJsonObject(input)) return typeof place === 'string' ? ownProperty(input, place) : undefined;
  const index = integer(place);
  if (index === undefined || (!isJsonArray(input) && typeof input !== 'string')) return undefined;
  return input.at(index);
}

function size(input: Json): Json | undefined {
  if (isJsonArray(input) || typeof input === 'string') return input.length;
  return isJsonObject(input) ? Object.keys(input).length : undefined;
}

function joinNotNull(input: Json, [separator]: readonly Json[]): Json | undefined {
  if (typeof separator !== 'string') return undefined;
  const texts: string[] = [];
  for (const item of elements(input)) {
    if (item === null) continue;
    if (!isJsonScalar(item)) return undefined;
    texts.push(String(item));
  }
  return boundedString(texts.join(separator));
}

/** True keeps, false, null and absent drop; any other answer of the condition makes the whole result absent. */
function matches(condition: Json | undefined): boolean | undefined {
  if (condition === undefined || condition === null) return false;
  return typeof condition === 'boolean' ? condition : undefined;
}

function filter(input: Json, evaluate: (element: Json) => Json | undefined): Json | undefined {
  const kept: Json[] = [];
  for (const element of elements(input)) {
    const verdict = matches(evaluate(element));
    if (verdict === undefined) return undefined;
    if (verdict) kept.push(element);
  }
  return kept;
}

function find(input: Json, evaluate: (element: Json) => Json | undefined): Json | undefined {
  for (const element of elements(input)) {
    const verdict = matches(evaluate(element));
    if (verdict === undefined) return undefined;
    if (verdict) return element;
  }
  return undefined;
}

function end(at: 0 | -1): (input: Json) => Json | undefined {
  return (input) => (isJsonArray(input) || typeof input === 'string' ? input.at(at) : input);
}

/** Lists, and what strings and objects share with them. */
export const LIST_METHODS: readonly Method[] = [
  forEach('map', (input, evaluate) => elements(input).map((element) => evaluate(element) ?? null)),
  forEach('filter', filter),
  forEach('find', find),
  eager('first', 0, 0, end(0)),
  eager('last', 0, 0, end(-1)),
  eager('slice', 0, 2, slice),
  eager('size', 0, 0, size),
  eager('get', 1, 1, get),
  eager('joinNotNull', 1, 1, joinNotNull),
  eager('entries', 0, 0, (input) =>
    isJsonObject(input) ? Object.entries(input).map(([key, value]) => ({ key, value })) : undefined,
  ),
];
