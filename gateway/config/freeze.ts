/** Freezes a value and every plain object and list in it. Sets and Maps are read-only by their types. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map || value instanceof Set) for (const item of value.values()) deepFreeze(item);
  if (!(value instanceof RegExp)) for (const item of Object.values(value)) deepFreeze(item);
  return Object.freeze(value);
}
