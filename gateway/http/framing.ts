import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from './client-error';
import { isHost } from './host';

/** Headers of one request; the parser keeps them in 16 kB. */
export const HEADERS_MAX = 1_000;
/** The authority of a request target in absolute form; RFC 9112 section 3.2.2. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i;
const SLASH = 0x2f;

function refusal(message: string, line = '400 Bad Request'): Refusal {
  return { line, code: 'BAD_REQUEST', message };
}

/**
 * Refuses what a proxy in front may have read in another way than Node does: requests whose end, host or version is in doubt.
 * Node's parser refuses doubtful lengths and header lines itself.
 */
export function refuseDoubtful({ httpVersion, headers, rawHeaders, url = '' }: IncomingMessage): Refusal | null {
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return refusal(`HTTP/${httpVersion} is not spoken here; send HTTP/1.1`, '505 HTTP Version Not Supported');
  if (rawHeaders.length > 2 * HEADERS_MAX)
    return refusal(`the request has more than ${HEADERS_MAX} headers`, '431 Request Header Fields Too Large');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined && (coding.toLowerCase() !== 'chunked' || httpVersion === '1.0'))
    return refusal(
      `transfer-encoding "${coding}" is not understood in HTTP/${httpVersion}; send "chunked" in HTTP/1.1`,
    );
  return refuseHost(url, headers.host, rawHeaders);
}

function refuseHost(target: string, host: string | undefined, rawHeaders: readonly string[]): Refusal | null {
  if (countOf(rawHeaders, 'host') > 1) return refusal('the request has more than one host header');
  if (host !== undefined && !isHost(host)) return refusal('the host header must be a host and perhaps a port');
  // Nearly every target.
  if (target.charCodeAt(0) === SLASH) return null;
  const authority = ABSOLUTE.exec(target)?.[1];
  if (authority === undefined) return null;
  if (!isHost(authority)) return refusal('the request target must name a host and perhaps a port');
  if (host !== undefined && authority.toLowerCase() !== host.toLowerCase())
    return refusal('the request target names another host than the host header');
  return null;
}

/**
 * Ends the parsing of what was read from a connection that is to be closed: Node would make a request of every few bytes of
 * the 64 kB that it reads at once. Takes the parser by a property of its socket that Node does not document; without it,
 * nothing but time is lost.
 */
export function stopParsing(socket: Socket & { readonly parser?: { onIncoming: unknown } | null }): void {
  // What a handler answers to an upgrade: the bytes that follow are not HTTP.
  if (socket.parser) socket.parser.onIncoming = () => 2;
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at];
    if (given?.length === name.length && given.toLowerCase() === name) count += 1;
  }
  return count;
}
