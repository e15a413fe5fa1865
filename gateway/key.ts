/**
 * A text that is equal for equal parts only: each stands behind its length, so that no part can pass for another one
 * beside it. An absent part differs from an empty one.
 */
export function keyOf(...parts: readonly (string | null | undefined)[]): string {
  let key = '';
  for (const part of parts) key += part === null || part === undefined ? '-' : `${part.length}:${part}`;
  return key;
}
