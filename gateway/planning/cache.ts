import { LRUCache } from 'lru-cache';
import { type Cancellation, CancellationSource } from '../cancellation';
import { HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';
import { keyOf } from '../key';
import { fetchesIn, type Plan } from './plan';
import type { Planner, PlanRequest } from './planner';

/** How long an operation that ran into the planning deadline is refused without another try. */
const TIMEOUT_REMEMBERED_MS = 60_000;
/** Of operations and their fetches together, so that large operations do not fill the memory. */
const CHARACTERS_MAX = 5_000_000;

interface Entry {
  readonly answer: Promise<Plan>;
  /** Cancelled when nobody waits any more. */
  readonly cancellation: CancellationSource;
  waiting: number;
  settled: boolean;
}

function requestKey({ query, operationName, labels = [] }: PlanRequest): string {
  return keyOf(operationName, labels.length === 0 ? null : keyOf(...labels), query);
}

function charactersOf(plan: Plan): number {
  return fetchesIn(plan.node).reduce((sum, { operation }) => sum + operation.length, 0);
}

/**
 * A planner that remembers: equal operations are planned once, also when they come at the same time; refusals are
 * remembered as well, except those of overload and of defects. When the last one waiting leaves, a plan not begun is
 * not made.
 */
export function cachedPlanner(planner: Planner, cacheMax: number): Planner {
  const entries = new LRUCache<string, Entry>({ max: Math.max(1, cacheMax), maxSize: CHARACTERS_MAX });

  function ask(key: string, request: PlanRequest): Entry {
    const cancellation = new CancellationSource();
    const answer = planner.plan(request, cancellation);
    const entry: Entry = { answer, cancellation, waiting: 0, settled: false };
    entry.answer.then(
      (plan) => {
        entry.settled = true;
        if (entries.peek(key) === entry) entries.set(key, entry, { size: key.length + charactersOf(plan) });
      },
      (error: unknown) => {
        entry.settled = true;
        if (entries.peek(key) !== entry || isHeadgateError(error, 'PLANNING_FAILED')) return;
        if (!isHeadgateError(error, 'PLANNING_TIMEOUT')) entries.delete(key);
        else entries.set(key, entry, { size: key.length, ttl: TIMEOUT_REMEMBERED_MS });
      },
    );
    entries.set(key, entry, { size: key.length });
    return entry;
  }

  /** Waits for a plan not settled yet, at most until `cancellation` happens. */
  function join(entry: Entry, cancellation: Cancellation | undefined): Promise<Plan> {
    entry.waiting++;
    if (cancellation === undefined) return entry.answer;
    return new Promise<Plan>((resolve, reject) => {
      const stopListening = cancellation.onCancel(() => {
        const gone = new HeadgateError('REQUEST_CANCELLED', 'the client went away before its operation was planned');
        reject(gone);
        entry.waiting--;
        if (entry.waiting === 0) entry.cancellation.cancel(gone);
      });
      entry.answer.then(resolve, reject).then(stopListening, stopListening);
    });
  }

  async function plan(asked: PlanRequest, cancellation?: Cancellation): Promise<Plan> {
    const request = { ...asked, labels: asked.labels ?? planner.chooseLabels?.() ?? [] };
    const key = requestKey(request);
    const known = entries.get(key);
    announce('plan.looked.up', { isKnown: known !== undefined });
    const entry = known ?? ask(key, request);
    if (entry.settled) return entry.answer;
    if (entry.cancellation.reason === null) return join(entry, cancellation);
    // Given up by all who wanted it: either on its way out of the queue, or being planned with nobody waiting.
    await entry.answer.catch(() => {});
    return plan(request, cancellation);
  }

  return {
    plan,
    chooseLabels: (headers) => planner.chooseLabels?.(headers) ?? [],
    get numbers() {
      const { numbers = null } = planner;
      return numbers === null ? null : { ...numbers, cached: entries.size };
    },
    close: () => planner.close(),
  };
}
