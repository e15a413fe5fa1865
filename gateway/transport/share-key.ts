import type { IncomingHttpHeaders } from 'node:http';
import { hashHeaders } from './hash-key';
import type { HeaderRule, SubgraphOptions } from './options';

/** Makes a text of everything in a client's headers that can change an answer; null: answers must not be shared. */
export type ShareKey = ((headers: Readonly<IncomingHttpHeaders>) => string) | null;

/** Headers that any rule may read, or that choose an instance; null stands for all of them. */
function headersRead(subgraphs: readonly SubgraphOptions[]): readonly string[] | null {
  const named = new Set<string>();
  for (const { kind, requestHeaders, pools } of subgraphs) {
    // The mappings of a REST adapter can read any header of the request.
    if (kind === 'rest' || requestHeaders.some((rule: HeaderRule) => rule.kind === 'propagate-matching')) return null;
    for (const header of hashHeaders(Object.values(pools))) named.add(header);
    for (const rule of requestHeaders) if (rule.kind === 'propagate') named.add(rule.named.toLowerCase());
  }
  return [...named].sort();
}

/** The key of operations that ask these subgraphs, by name: what is read on behalf of others changes nothing. */
export type ShareKeys = (names: ReadonlySet<string>) => ShareKey;

/** @param subgraphs those that are reached through pools; nobody knows what of a request others read */
export function shareKeys(subgraphs: readonly SubgraphOptions[]): ShareKeys {
  const known = new Map(subgraphs.map((one) => [one.name, one]));
  return (names) => {
    const asked = [...names].map((name) => known.get(name));
    return asked.every((one) => one !== undefined) ? compileShareKey(asked) : null;
  };
}

/**
 * Tells which client requests may share one execution. Where rules take headers of subgraph answers over into the client's
 * answer (cookies!) nothing is shared.
 */
export function compileShareKey(subgraphs: readonly SubgraphOptions[]): ShareKey {
  if (subgraphs.some(({ responseHeaders }) => responseHeaders.length > 0)) return null;
  const names = headersRead(subgraphs);
  if (names === null) return (headers) => JSON.stringify(headers);
  if (names.length === 0) return () => '';
  return (headers) => JSON.stringify(names.map((name) => headers[name]));
}
