import { then } from '../layers';
import { type Asked, type AskedLayer, type Outcome, refused } from '../operations/asked';
import { persistedQueryNotFound, persistedRefusal } from '../operations/refusals';
import type { PersistedQueries } from './automatic';
import { hashIn, withoutHash } from './hash';

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

/** In place of them: a hash without a text is refused, and one beside a text means nothing. */
export function noPersistedQueries(): AskedLayer {
  const bare = new WeakMap<Asked, Asked>();

  function withoutIt(asked: Asked): Asked {
    let found = bare.get(asked);
    if (found === undefined) {
      found = { ...asked, extensions: withoutHash(asked.extensions) };
      bare.set(asked, found);
    }
    return found;
  }

  return {
    name: 'no persisted queries',
    wrap: (next) => (asked, call) => {
      if (asked.query === undefined) return refused([persistedRefusal('PERSISTED_QUERY_NOT_SUPPORTED')]);
      return next(asked.extensions?.persistedQuery === undefined ? asked : withoutIt(asked), call);
    },
  };
}
