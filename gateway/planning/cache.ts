import { type Cancellation, CancellationSource } from '../cancellation';
import { HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';
import { KeptMap, textBytes } from '../kept';
import { keyOf } from '../key';
import { fetchesIn, type Plan } from './plan';
import type { Planner, PlanRequest } from './planner';

/** How long an operation that ran into the planning deadline is refused without another try. */
const TIMEOUT_REMEMBERED_MS = 60_000;
/** Bytes of a fetch in memory beside its text. */
const FETCH_BYTES = 2_000;

interface Entry {
  readonly answer: Promise<Plan>;
  /** Cancelled when nobody waits any more. */
  readonly cancellation: CancellationSource;
  waiting: number;
  settled: boolean;
  /** Bytes of what it answers. */
  bytes: number;
  /** On the clock of `performance.now()`. */
  expiresAt: number;
}

function requestKey({ query, operationName, labels = [] }: PlanRequest): string {
  return keyOf(operationName, labels.length === 0 ? null : keyOf(...labels), query);
}

function bytesOf(plan: Plan): number {
  const fetches = fetchesIn(plan.node);
  return fetches.reduce((sum, { operation }) => sum + FETCH_BYTES + textBytes(operation), 0);
}

/**
 * A planner that remembers: equal operations are planned once, also when they come at the same time; refusals are
 * remembered as well, except those of overload and of defects. When the last one waiting leaves, a plan not begun is
 * not made.
 */
export function cachedPlanner(planner: Planner, cacheMax: number): Planner {
  const entries = new KeptMap<string, Entry>({
    name: 'plans',
    weigh: ({ bytes }, key) => textBytes(key) + bytes,
    entriesMax: Math.max(1, cacheMax),
  });

  function ask(key: string, request: PlanRequest): Entry {
    const cancellation = new CancellationSource();
    const answer = planner.plan(request, cancellation);
    const expiresAt = Number.POSITIVE_INFINITY;
    const entry: Entry = { answer, cancellation, waiting: 0, settled: false, bytes: 0, expiresAt };
    entry.answer.then(
      (plan) => {
        entry.settled = true;
        entry.bytes = bytesOf(plan);
        if (entries.peek(key) === entry) entries.set(key, entry);
      },
      (error: unknown) => {
        entry.settled = true;
        if (entries.peek(key) !== entry || isHeadgateError(error, 'PLANNING_FAILED')) return;
        if (!isHeadgateError(error, 'PLANNING_TIMEOUT')) entries.delete(key);
        else entry.expiresAt = performance.now() + TIMEOUT_REMEMBERED_MS;
      },
    );
    entries.set(key, entry);
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
    const found = entries.get(key);
    const known = found !== undefined && performance.now() < found.expiresAt ? found : undefined;
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
