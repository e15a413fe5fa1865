import { isJsonArray, isJsonObject, isJsonScalar, isNumeric, type Json, ownProperty } from '../../json';
import { boundLength, type Scope, step } from '../scope';
import { eager, forEach, type Method, signature } from './method';

function elements(input: Json): readonly Json[] {
  return isJsonArray(input) ? input : [input];
}

/** An integer argument as a place in a list of `length`; `undefined` when it is no integer. */
function integer(value: Json | undefined): number | undefined {
  return isNumeric(value) && Number.isInteger(Number(value)) ? Number(value) : undefined;
}

function slice(input: Json, args: readonly Json[], scope: Scope): Json | undefined {
  if (!isJsonArray(input) && typeof input !== 'string') return undefined;
  const start = args[0] === undefined ? 0 : integer(args[0]);
  const end = args[1] === undefined ? input.length : integer(args[1]);
  if (start === undefined || end === undefined) return undefined;
  const part = input.slice(Math.max(start, 0), Math.max(end, 0));
  step(scope, part.length / 64);
  return part;
}

function get(input: Json, [place]: readonly Json[]): Json | undefined {
  if (isJsonObject(input)) return typeof place === 'string' ? ownProperty(input, place) : undefined;
  const index = integer(place);
  if (index === undefined || (!isJsonArray(input) && typeof input !== 'string')) return undefined;
  return input.at(index);
}

function size(input: Json, _args: readonly Json[], scope: Scope): Json | undefined {
  if (isJsonArray(input) || typeof input === 'string') return input.length;
  if (!isJsonObject(input)) return undefined;
  const { length } = Object.keys(input);
  step(scope, length / 16);
  return length;
}

function joinNotNull(input: Json, [separator]: readonly Json[], scope: Scope): Json | undefined {
  if (typeof separator !== 'string') return undefined;
  const texts: string[] = [];
  let length = 0;
  for (const item of elements(input)) {
    if (item === null) continue;
    if (!isJsonScalar(item)) return undefined;
    const text = String(item);
    texts.push(text);
    length += text.length + separator.length;
    boundLength(length - separator.length);
  }
  step(scope, length / 64 + texts.length / 4);
  return texts.join(separator);
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
  forEach(signature('map', 'v0.1', 'arguments', 1), (input, evaluate) =>
    elements(input).map((element) => evaluate(element) ?? null),
  ),
  forEach(signature('filter', 'v0.3', 'elements', 1), filter),
  forEach(signature('find', 'v0.3', 'element', 1), find),
  eager(signature('first', 'v0.1', 'element'), end(0)),
  eager(signature('last', 'v0.1', 'element'), end(-1)),
  eager(signature('slice', 'v0.1', 'input', [0, 2]), slice),
  eager(signature('size', 'v0.1', 'number'), size),
  eager(signature('get', 'v0.3', 'anything', 1), get),
  eager(signature('joinNotNull', 'v0.1', 'string', 1), joinNotNull),
];
