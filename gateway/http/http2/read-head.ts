import type { IncomingHttpHeaders } from 'node:http';
import type { IncomingHttpHeaders as Http2Headers } from 'node:http2';
import type { Refusal } from '../client-error';
import { HEADERS_MAX } from '../framing';
import { isHost } from '../host';

/** A request as its layers see it, whatever version of HTTP brought it. */
export interface RequestHead {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** With `host`, without those that begin with a colon. */
  readonly headers: IncomingHttpHeaders;
}

const COLON = 0x3a;
/** No blanks, no controls, no fragment; RFC 3986 has the rest percent-encoded. */
const TARGET = /^(?:\/[!"$-~]*|\*)$/;

function refusal(message: string, line = '400 Bad Request'): Refusal {
  return { line, code: 'BAD_REQUEST', message };
}

/**
 * Reads the head of a stream. Node has reset it already where it is not well-formed: pseudo-headers that are missing, twice or
 * unknown, headers of connections, names in upper case, a length that is not that of the body.
 * @param raw names and values by turns, as they came
 * @returns why it is refused, where another one could read it in another way
 */
export function readHead(given: Http2Headers, raw: readonly string[]): RequestHead | Refusal {
  const { ':method': method = '', ':path': target, ':scheme': scheme, ':authority': authority } = given;
  if (method === 'CONNECT' || target === undefined) return refusal('this is no proxy: CONNECT is not answered');
  if (raw.length > 2 * HEADERS_MAX)
    return refusal(`the request has more than ${HEADERS_MAX} headers`, '431 Request Header Fields Too Large');
  if (scheme !== 'https' && scheme !== 'http') return refusal('the scheme must be http or https');
  if (!TARGET.test(target)) return refusal('the path must begin with a slash, and hold visible ASCII characters only');
  if (authority !== undefined && !isHost(authority)) return refusal(':authority must be a host and perhaps a port');
  const headers: IncomingHttpHeaders = {};
  for (const name in given) if (name.charCodeAt(0) !== COLON) headers[name] = given[name];
  if (headers.host !== undefined && countOf(raw, 'host') > 1)
    return refusal('the request has more than one host header');
  // One of them is there: nghttp2 sees to that.
  const host = headers.host ?? authority ?? '';
  if (!isHost(host)) return refusal('the host header must be a host and perhaps a port');
  if (authority !== undefined && authority.toLowerCase() !== host.toLowerCase())
    return refusal(':authority and the host header name different hosts');
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    return refusal('the only expectation that is met is 100-continue', '417 Expectation Failed');
  if (authority !== undefined) headers.host ??= authority;
  return { method, target, headers };
}

function countOf(raw: readonly string[], name: string): number {
  let count = 0;
  for (let at = 0; at < raw.length; at += 2) if (raw[at] === name) count += 1;
  return count;
}
