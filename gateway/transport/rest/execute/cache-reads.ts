import type { Flight } from '../../../flight';
import type { Step } from '../../../layers';
import type { SubgraphOptions } from '../../options';
import type { RestAnswer } from '../response/judge';
import { HttpCache } from './http-cache';
import type { RestCall } from './send-http';

/**
 * Answers GETs of queries from what was kept of answers before, where a source has a cache. What is answered so is no call to the service.
 * @returns `next` where no source has one
 */
export function cacheReads(
  { sources = {} }: SubgraphOptions,
  next: Step<RestCall, RestAnswer, Flight>,
): Step<RestCall, RestAnswer, Flight> {
  const caches = new Map<string, HttpCache>();
  for (const [source, { cache }] of Object.entries(sources))
    if (cache !== undefined) caches.set(source, new HttpCache(cache));
  if (caches.size === 0) return next;

  return async (call, flight) => {
    const { connector, request } = call;
    const cache = caches.get(connector.source);
    if (cache === undefined) return next(call, flight);
    if (connector.method !== 'GET') return changed(cache, call, await next(call, flight));
    // What a mutation has changed is read anew.
    const found = call.key === null ? null : cache.find(request);
    if (found?.kind === 'fresh') return found.answer;
    if (found === null) return kept(cache, call, await next(call, flight));
    const conditional = { ...request, headers: found.headers };
    const answer = await next({ ...call, request: conditional }, flight);
    const still = cache.revalidated(request, found.variant, answer);
    if (still !== null) {
      answer.held?.release();
      return still;
    }
    // Not changed, but since something that is not here.
    if (answer.status === 304) return kept(cache, call, await next(call, flight));
    return kept(cache, call, answer);
  };
}

function kept(cache: HttpCache, { request }: RestCall, answer: RestAnswer): RestAnswer {
  cache.store(request, answer);
  return answer;
}

/** RFC 9111, section 4.4. */
function changed(cache: HttpCache, { request }: RestCall, answer: RestAnswer): RestAnswer {
  if (answer.status < 400) cache.forget(request.path);
  return answer;
}
