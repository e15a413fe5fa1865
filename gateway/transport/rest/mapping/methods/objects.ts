import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json';
import { type Scope, step, weightOf } from '../scope';
import { eager, type Method, signature } from './method';

const WORDS = /[A-Z]+(?![a-z])|[A-Z]?[^A-Z_]+|[A-Z]/g;

/** `login_name`, `LOGIN_NAME` and `LoginName` as `loginName`; underscores in front stay. */
function camelCase(name: string): string {
  const [front = ''] = /^_*/.exec(name) ?? [];
  const words = name.slice(front.length).match(WORDS) ?? [];
  return front + words.map((word, index) => (index === 0 ? word.toLowerCase() : capitalized(word))).join('');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
}

function renamed(input: JsonObject, change: (value: Json) => Json): Json {
  const target: Record<string, Json> = {};
  for (const [key, value] of Object.entries(input)) {
    const name = camelCase(key);
    if (name !== '__proto__') target[name] = change(value);
  }
  return target;
}

function deep(value: Json): Json {
  if (isJsonArray(value)) return value.map(deep);
  return isJsonObject(value) ? renamed(value, deep) : value;
}

function entries(input: Json, _args: readonly Json[], scope: Scope): Json | undefined {
  if (!isJsonObject(input)) return undefined;
  const found = Object.entries(input);
  step(scope, found.length);
  return found.map(([key, value]) => ({ key, value }));
}

export const OBJECT_METHODS: readonly Method[] = [
  eager(signature('entries', 'v0.1', 'entries'), entries),
  eager(signature('keysToCamelCase', 'v0.4', 'anything'), (input, _args, scope) => {
    if (!isJsonObject(input)) return undefined;
    step(scope, Object.keys(input).length);
    return renamed(input, (value) => value);
  }),
  eager(signature('keysToCamelCaseDeep', 'v0.4', 'anything'), (input, _args, scope) => {
    step(scope, weightOf(scope, input));
    return isJsonObject(input) || isJsonArray(input) ? deep(input) : undefined;
  }),
];
