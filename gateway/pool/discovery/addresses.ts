import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import type { ResolverOptions } from './options';

/** The addresses behind one name, and for how long they hold. Empty when the name has none. */
export interface Addresses {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
}

/** A name without addresses may get some: a resolver's negative answer is not remembered for longer. */
const EMPTY_TTL_MS_MAX = 5000;
/** Asked twice by the resolver before it gives up. */
const TRIES = 2;

/** What the name server says when it knows that there is nothing: an answer, not a failure. */
const EMPTY_CODES: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);

/** A resolver of our own: on its own sockets, with its own servers, never in the thread pool. */
export function openResolver({ servers, timeoutMs }: ResolverOptions): dns.Resolver {
  const resolver = new dns.Resolver({ timeout: timeoutMs, tries: TRIES });
  if (servers.length > 0) resolver.setServers([...servers]);
  return resolver;
}

/**
 * The IPv4 addresses of a name, or its IPv6 addresses when it has none of those: a server that has both is one instance.
 * @throws what the resolver throws when it gets no answer
 */
export async function addressesOf(
  resolver: dns.Resolver,
  host: string,
  { ttlMsMin, ttlMsMax }: ResolverOptions,
): Promise<Addresses> {
  const literal = literalAddress(host);
  if (literal !== null) return { addresses: [literal], ttlMs: ttlMsMax };
  const six = orNone(resolver.resolve6(host, { ttl: true }));
  // Some servers never answer for IPv6: whoever has IPv4 addresses does not wait for that.
  six.catch(() => undefined);
  const four = await orNone(resolver.resolve4(host, { ttl: true }));
  const records = four.length > 0 ? four : await six;
  if (records.length === 0) return { addresses: [], ttlMs: Math.min(ttlMsMax, EMPTY_TTL_MS_MAX) };
  const ttlMs = Math.min(...records.map(({ ttl }) => ttl)) * 1000;
  const addresses = [...new Set(records.map(({ address }) => address))];
  return { addresses, ttlMs: Math.min(Math.max(ttlMs, ttlMsMin), ttlMsMax) };
}

/** Resolvers never ask a server for these. */
function literalAddress(host: string): string | null {
  if (isIP(host) !== 0) return host;
  return host.toLowerCase() === 'localhost' ? '127.0.0.1' : null;
}

/** An empty list where the server knows that there is none. */
export async function orNone<Value>(answer: Promise<readonly Value[]>): Promise<readonly Value[]> {
  try {
    return await answer;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (EMPTY_CODES.has(code)) return [];
    throw error;
  }
}
