import { isJsonArray, isJsonObject, type Json } from '../json';

/** Characters of a summary, about. */
const CHARACTERS_MAX = 80;

/** A value in a line: what is long is cut, what nests is counted. */
export function summaryOf(value: Json): string {
  if (typeof value === 'string') return shortText(value);
  if (isJsonArray(value)) return listOf(value);
  if (isJsonObject(value)) return objectOf(value);
  return String(value);
}

function shortText(text: string): string {
  if (text.length <= CHARACTERS_MAX) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, CHARACTERS_MAX))}… (${text.length} characters)`;
}

function listOf(list: readonly Json[]): string {
  const count = list.length === 1 ? '1 item' : `${list.length} items`;
  const [first] = list;
  if (first === undefined) return '[]';
  return list.length <= 8 && list.every(isShort)
    ? `[${list.map(summaryOf).join(', ')}]`
    : `[${inner(first)}, …] (${count})`;
}

function objectOf(object: { readonly [key: string]: Json }): string {
  const keys = Object.keys(object);
  if (keys.length === 0) return '{}';
  let text = '';
  for (const key of keys) {
    const part = `${key}: ${inner(object[key] ?? null)}`;
    if (text.length + part.length > CHARACTERS_MAX && text !== '') return `{ ${text}, … } (${keys.length} fields)`;
    text = text === '' ? part : `${text}, ${part}`;
  }
  return `{ ${text} }`;
}

function inner(value: Json): string {
  if (isJsonArray(value)) return value.length === 0 ? '[]' : '[…]';
  if (isJsonObject(value)) return Object.keys(value).length === 0 ? '{}' : '{…}';
  return summaryOf(value);
}

function isShort(value: Json): boolean {
  return !isJsonArray(value) && !isJsonObject(value) && (typeof value !== 'string' || value.length < 20);
}
