import { isForwardable } from '../transport/header-names';
import type { Finding } from './problem';
import type { Settings } from './settings';

/** Headers that say who asks, whatever they hold. */
const CREDENTIALS = ['authorization', 'cookie'];

/** A cache that does not tell clients apart would give the answer of one to another. */
export function* sourceCacheFindings(settings: Settings): Generator<Finding> {
  for (const [name, { sources = {} }] of Object.entries(settings.subgraphs)) {
    for (const [source, { cache, auth }] of Object.entries(sources)) {
      if (cache?.enabled !== true) continue;
      const path = ['subgraphs', name, 'sources', source, 'cache'];
      if (auth?.token_exchange !== undefined) {
        const message =
          'each client is asked for with a token of its own (auth.token_exchange), and answers to one would be given to others; leave out one of the two';
        yield { path, message };
      }
      const keyed = new Set(cache.key_headers.map((header) => header.toLowerCase()));
      const missing = headersOfClients(settings, name).filter((header) => !keyed.has(header));
      if (missing.length === 0) continue;
      const message = `requests carry ${missing.join(', ')} of whoever asks, and answers to one client would be given to others; add ${missing.length === 1 ? 'it' : 'them'} to key_headers`;
      yield { path, message };
    }
  }
}

/** What header rules and claims tell a subgraph of whoever asks. */
function headersOfClients({ headers, authorization }: Settings, name: string): readonly string[] {
  const found = new Set<string>();
  const own = Object.hasOwn(headers.subgraphs, name) ? headers.subgraphs[name] : undefined;
  for (const { propagate, insert } of [...headers.all.request, ...(own?.request ?? [])]) {
    if (insert?.expression !== undefined) found.add(insert.name.toLowerCase());
    if (propagate?.named !== undefined && CREDENTIALS.includes(propagate.named.toLowerCase()))
      found.add((propagate.rename ?? propagate.named).toLowerCase());
    if (propagate?.matching !== undefined) {
      const pattern = new RegExp(propagate.matching, 'i');
      for (const header of CREDENTIALS) if (isForwardable(header) && pattern.test(header)) found.add(header);
    }
  }
  const claims = authorization?.forward_claims?.subgraphs ?? {};
  const told = Object.hasOwn(claims, name) ? claims[name] : undefined;
  for (const one of told === undefined ? [] : [told].flat()) found.add(one.header.toLowerCase());
  return [...found].sort();
}
