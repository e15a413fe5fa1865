import { then } from '../layers';
import type { PersistedQueries } from '../persisted-queries';
import { type Asked, type AskedLayer, type Outcome, refused } from './asked';
import { persistedQueryNotFound } from './refusals';

/**
 * Puts the text of a persisted query in the place of its hash, and keeps what comes with both once it is known to be valid.
 * The hash was compared with the text when the request was read.
 */
export function persistedQueries(queries: PersistedQueries): AskedLayer {
  /** Of requests that come again as the same object, the same object is made. */
  const completed = new WeakMap<Asked, Asked>();

  function complete(asked: Asked, query: string): Asked {
    let found = completed.get(asked);
    if (found === undefined) {
      found = { ...asked, query };
      completed.set(asked, found);
    }
    return found;
  }

  return {
    name: 'persisted queries',
    wrap: (next) => (asked, call) => {
      const hash = asked.extensions === undefined ? null : hashIn(asked.extensions);
      if (hash === null) return next(asked, call);
      const { query } = asked;
      if (query === undefined)
        return then(queries.find(hash), (found) =>
          found === null ? refused([persistedQueryNotFound()]) : next(complete(asked, found), call),
        );
      return then(next(asked, call), (outcome): Outcome => {
        if (call.operation !== null) queries.keep(hash, query);
        return outcome;
      });
    },
  };
}

/** Null when it names none. */
function hashIn({ persistedQuery }: NonNullable<Asked['extensions']>): string | null {
  if (typeof persistedQuery !== 'object' || persistedQuery === null || !('sha256Hash' in persistedQuery)) return null;
  return String(persistedQuery.sha256Hash);
}
