import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { rangesOf } from '../../addresses';
import { isHost } from '../host';
import { UNIX_SOURCE } from './source-address';

/** Headers by which proxies tell of the client. */
export const FORWARDED_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
] as const;

/** The proxies whose word counts. */
export class TrustedProxies {
  /** Whether an address is one of theirs. */
  readonly trusts: (address: string) => boolean;

  /** @param ranges addresses and ranges, or {@link UNIX_SOURCE} for whoever comes by a Unix socket; at least one */
  constructor(ranges: readonly string[]) {
    const isIn = rangesOf(ranges.filter((range) => range !== UNIX_SOURCE));
    this.trusts = ranges.includes(UNIX_SOURCE) ? (address) => address === UNIX_SOURCE || isIn(address) : isIn;
  }

  /**
   * Finds the client of a request that a trusted proxy has sent: going back from us, the first address that is not one of a trusted
   * proxy. What stands before it, the client may have written itself. Where `forwarded` and `x-forwarded-for` name
   * different clients, one of them is no proxy's: neither counts.
   * @param peer the proxy
   * @returns the proxy itself where it names nobody
   */
  clientOf(peer: string, { forwarded, 'x-forwarded-for': addresses }: IncomingHttpHeaders): string {
    const named = typeof addresses === 'string' ? this.#lastUntrusted(peer, addresses.split(',')) : null;
    if (forwarded === undefined) return named ?? peer;
    const told = this.#lastUntrusted(peer, splitUnquoted(forwarded, ',').map(forOf));
    return named === null || named === told ? told : peer;
  }

  #lastUntrusted(peer: string, addresses: readonly string[]): string {
    let client = peer;
    for (let at = addresses.length - 1; at >= 0; at -= 1) {
      const address = plainAddress(addresses[at] ?? '');
      // Unknown, or hidden: all that is known is who says so.
      if (address === null) return client;
      client = address;
      if (!this.trusts(address)) return client;
    }
    return client;
  }
}

/** The host that a client has asked for, as the nearest proxy tells; null where it does not. */
export function forwardedHost({ forwarded, 'x-forwarded-host': hosts }: IncomingHttpHeaders): string | null {
  const last = typeof hosts === 'string' ? (hosts.split(',').at(-1)?.trim() ?? '') : '';
  const told = forwarded === undefined ? '' : parameter(splitUnquoted(forwarded, ',').at(-1) ?? '', 'host');
  if (last !== '' && told !== '' && last.toLowerCase() !== told.toLowerCase()) return null;
  const host = last === '' ? told : last;
  return host !== '' && isHost(host) ? host : null;
}

function forOf(element: string): string {
  return parameter(element, 'for');
}

/** Of one element of `forwarded` (RFC 7239): empty where it is absent, or there twice. */
function parameter(element: string, name: string): string {
  const found = splitUnquoted(element, ';').flatMap((pair) => {
    const mark = pair.indexOf('=');
    return pair.slice(0, mark).trim().toLowerCase() === name ? [pair.slice(mark + 1).trim()] : [];
  });
  const [value = ''] = found;
  return found.length === 1 ? value.replace(/^"(.*)"$/, '$1') : '';
}

/** Splits at a sign that does not stand in quotes. */
function splitUnquoted(text: string, sign: string): string[] {
  if (!text.includes('"')) return text.split(sign);
  const parts: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted && character === '\\') at += 1;
    else if (!isQuoted && character === sign) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...parts, text.slice(begin)];
}

/** Without port and brackets; null for what is no address. */
function plainAddress(text: string): string | null {
  const given = text.trim();
  const [, bracketed] = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(given) ?? [];
  const address = bracketed ?? (/^[^:]+:\d{1,5}$/.test(given) ? given.slice(0, given.indexOf(':')) : given);
  return isIP(address) === 0 ? null : address;
}
