/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3): seconds or an HTTP date.
 * @param nowEpochMs `Date.now()`
 * @returns milliseconds to wait, null when there is no readable header
 */
export function retryAfterMs(value: string | readonly string[] | undefined, nowEpochMs: number): number | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  // Some write a fraction, which is none of the standard's and clear enough.
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // All three forms of an HTTP date begin with the name of a day; Date.parse alone would read `-1` as a year.
  const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - nowEpochMs);
}
