import type { KeyPaths } from '../connector';
import { isJsonObject, isJsonScalar, type Json, type JsonObject, ownProperty } from '../json';

/**
 * Makes a text of what tells an object apart: numbers equal their strings.
 * @returns null when a part of the key is missing, null or no scalar
 */
export function keyText(object: JsonObject, paths: KeyPaths): string | null {
  const parts: string[] = [];
  for (const path of paths) {
    const value = valueAt(object, path);
    if (value === undefined || value === null || !isJsonScalar(value)) return null;
    parts.push(String(value));
  }
  return JSON.stringify(parts);
}

/** Tells whether two objects cannot be the same one: both have a key, and it differs. */
export function areOthers(a: JsonObject, b: JsonObject, keys: readonly KeyPaths[]): boolean {
  return keys.some((paths) => {
    const [one, other] = [keyText(a, paths), keyText(b, paths)];
    return one !== null && other !== null && one !== other;
  });
}

/** Tells whether every part of the key is there and null: a reference to nothing. */
export function isNullKey(object: JsonObject, paths: KeyPaths): boolean {
  return paths.length > 0 && paths.every((path) => valueAt(object, path) === null);
}

/** The object with its key fields alone. */
export function keyOf(object: JsonObject, paths: KeyPaths): JsonObject {
  const key: Record<string, Json> = {};
  for (const path of paths) put(key, path, valueAt(object, path) ?? null);
  return key;
}

function valueAt(object: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path) value = value !== undefined && isJsonObject(value) ? ownProperty(value, name) : undefined;
  return value;
}

function put(target: Record<string, Json>, [first, ...more]: readonly string[], value: Json): void {
  if (first === undefined) return;
  if (more.length === 0) {
    target[first] = value;
    return;
  }
  const before = target[first];
  const inner: Record<string, Json> = before !== undefined && isJsonObject(before) ? { ...before } : {};
  put(inner, more, value);
  target[first] = inner;
}
