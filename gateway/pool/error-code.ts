/** `code` of a system or library error; null when it has none. Asks for no class: an error may come from another realm. */
export function codeOf(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

/** The error, or those of each address when several were tried. */
export function errorsIn(error: unknown): readonly unknown[] {
  const several = typeof error === 'object' && error !== null && 'errors' in error ? error.errors : null;
  return Array.isArray(several) && several.length > 0 ? several : [error];
}

/** Finds the message of an error; that of the first address when several were tried, for libraries leave their own message empty then. */
export function messageOf(error: unknown): string {
  const [first] = errorsIn(error);
  const message = typeof first === 'object' && first !== null && 'message' in first ? first.message : null;
  return typeof message === 'string' ? message : String(first);
}
