import { LRUCache } from 'lru-cache';
import { HeadgateError, isHeadgateError } from '../errors';
import type { Plan } from './plan';
import type { Planner, PlanRequest } from './planner';

/** How long an operation that ran into the planning deadline is refused without another try. */
const TIMEOUT_REMEMBERED_MS = 60_000;

interface Entry {
  readonly answer: Promise<Plan>;
  readonly cancel: AbortController;
  waiting: number;
  settled: boolean;
}

function keyOf({ query, operationName }: PlanRequest): string {
  return `${operationName ?? ''}\n${query}`;
}

/**
 * A planner that remembers: equal operations are planned once, also when they come at the same time; refusals are
 * remembered as well, except those of overload. When the last one waiting leaves, a plan not begun is not made.
 */
export function cachedPlanner(planner: Planner, cacheMax: number): Planner {
  const entries = new LRUCache<string, Entry>({ max: Math.max(1, cacheMax) });

  function ask(key: string, request: PlanRequest): Entry {
    const cancel = new AbortController();
    const entry: Entry = { answer: planner.plan(request, cancel.signal), cancel, waiting: 0, settled: false };
    entry.answer.then(
      () => {
        entry.settled = true;
      },
      (error: unknown) => {
        entry.settled = true;
        if (isHeadgateError(error, 'PLANNING_FAILED')) return;
        if (isHeadgateError(error, 'PLANNING_TIMEOUT')) entries.set(key, entry, { ttl: TIMEOUT_REMEMBERED_MS });
        else if (entries.peek(key) === entry) entries.delete(key);
      },
    );
    entries.set(key, entry);
    return entry;
  }

  /** Waits for a plan not settled yet, at most as long as `signal` is not aborted. */
  function join(key: string, entry: Entry, signal: AbortSignal | undefined): Promise<Plan> {
    if (signal === undefined) {
      entry.waiting++;
      return entry.answer;
    }
    return new Promise<Plan>((resolve, reject) => {
      const leave = () => {
        entry.waiting--;
        reject(new HeadgateError('REQUEST_CANCELLED', 'the client went away before its operation was planned'));
        if (entry.waiting > 0) return;
        if (entries.peek(key) === entry) entries.delete(key);
        entry.cancel.abort();
      };
      if (signal.aborted && entry.waiting > 0)
        return void reject(new HeadgateError('REQUEST_CANCELLED', 'the client went away'));
      entry.waiting++;
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      entry.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  return {
    plan(request, signal) {
      const key = keyOf(request);
      const entry = entries.get(key) ?? ask(key, request);
      return entry.settled ? entry.answer : join(key, entry, signal);
    },
    close: () => planner.close(),
  };
}
