/** The code of a failed system call, e.g. ENOENT; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  // Not `instanceof Error`: the test runner's realm has an Error of its own.
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
