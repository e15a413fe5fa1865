/** The scheme and authority of a request target in absolute form; RFC 9112 section 3.2.2. */
const ABSOLUTE = /^https?:\/\/[^/?]*/i;

/** Splits a request target. @returns its path, and its query with the `?` or empty */
export function splitTarget(target: string): { readonly path: string; readonly search: string } {
  const origin = ABSOLUTE.exec(target)?.[0].length ?? 0;
  const mark = target.indexOf('?', origin);
  const path = target.slice(origin, mark === -1 ? undefined : mark);
  return { path: path === '' ? '/' : path, search: mark === -1 ? '' : target.slice(mark) };
}
