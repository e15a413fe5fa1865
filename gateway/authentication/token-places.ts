import type { IncomingHttpHeaders } from 'node:http';
import { tokenFailed } from './failure';
import type { TokenPlace } from './options';

/** What is longer is no token of anybody, and costs no verification. */
const TOKEN_LENGTH_MAX = 8_192;

/** A token as it was sent, or the fact that there is something in its place that is none. */
export type FoundToken = { readonly token: string } | 'malformed';

/**
 * The token that a request was sent with, in the first of these places that has one; null: there is none.
 * @throws {HeadgateError} what stands there is none, or too long to be one
 */
export function presentedToken(headers: Readonly<IncomingHttpHeaders>, places: readonly TokenPlace[]): string | null {
  const found = findToken(headers, places);
  if (found === null) return null;
  if (found === 'malformed') throw tokenFailed('MALFORMED_TOKEN');
  const { token } = found;
  if (token.length > TOKEN_LENGTH_MAX) throw tokenFailed('TOKEN_TOO_LARGE');
  return token;
}

/** Looks for a token in these places, one after another; null: there is none. */
export function findToken(headers: Readonly<IncomingHttpHeaders>, places: readonly TokenPlace[]): FoundToken | null {
  for (const place of places) {
    const found =
      place.kind === 'header' ? inHeader(headers[place.name], place.prefix) : inCookie(headers.cookie, place.name);
    if (found !== null) return found;
  }
  return null;
}

/** A value behind another prefix is a credential of another kind. */
function inHeader(value: string | readonly string[] | undefined, prefix: string | null): FoundToken | null {
  if (value === undefined) return null;
  if (typeof value !== 'string') return 'malformed';
  if (prefix === null) return tokenIn(value);
  const { length } = prefix;
  // The name of a scheme knows no case (RFC 9110, section 11.1).
  if (value.slice(0, length).toLowerCase() !== prefix.toLowerCase()) return null;
  const rest = value.slice(length);
  if (rest === '') return 'malformed';
  return rest.startsWith(' ') ? tokenIn(rest) : null;
}

/** The first cookie of this name: a browser sends the one with the longest path first (RFC 6265, section 5.4). */
function inCookie(cookies: string | undefined, name: string): FoundToken | null {
  if (cookies === undefined) return null;
  for (const pair of cookies.split(';')) {
    const at = pair.indexOf('=');
    if (at === -1 || pair.slice(0, at).trim() !== name) continue;
    return tokenIn(pair.slice(at + 1).replace(/^\s*"(.*)"\s*$/, '$1'));
  }
  return null;
}

/** RFC 6750, section 2.1, and what cookies may hold: visible characters. */
function tokenIn(text: string): FoundToken {
  const token = text.trim();
  return /^[\x21-\x7e]+$/.test(token) ? { token } : 'malformed';
}
