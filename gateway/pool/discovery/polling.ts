import type { Discovery, Report, Snapshot } from './discovery';
import { Newest } from './newest';

/** An answer, and when to ask again. */
export interface Polled {
  readonly snapshot: Snapshot;
  readonly againInMs: number;
}

const FAILURE_MS_MIN = 500;
const FAILURE_MS_MAX = 10_000;
/** Sources of several gateways must not ask in step; late, since a record asked for early has not changed yet. */
const JITTER_MS_MAX = 100;

/**
 * Asks again and again, off the path of requests. A failure is reported and asked again soon, ever less often.
 * @param ask rejects when there is no answer; `signal` aborts when nobody wants one any more
 */
export function pollingDiscovery(ask: (signal: AbortSignal) => Promise<Polled>, report: Report): Discovery {
  const snapshots = new Newest<Snapshot>();
  const closing = new AbortController();
  const running = poll(ask, report, snapshots, closing.signal);
  return {
    [Symbol.asyncIterator]: () => snapshots[Symbol.asyncIterator](),
    async close() {
      closing.abort();
      snapshots.end();
      await running;
    },
  };
}

async function poll(
  ask: (signal: AbortSignal) => Promise<Polled>,
  report: Report,
  snapshots: Newest<Snapshot>,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let againInMs: number;
    try {
      const polled = await ask(signal);
      if (signal.aborted) return;
      failures = 0;
      report(null);
      snapshots.put(polled.snapshot);
      againInMs = polled.againInMs + Math.random() * JITTER_MS_MAX;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      report(error instanceof Error ? error.message : String(error));
      againInMs = failureDelayMs(failures, Math.random());
    }
    await pause(againInMs, signal);
  }
}

/** Exponential, the upper half of it by chance. @param failures in a row, 1 for the first */
export function failureDelayMs(failures: number, chance: number): number {
  const fullMs = Math.min(FAILURE_MS_MAX, FAILURE_MS_MIN * 2 ** Math.min(failures - 1, 10));
  return fullMs * (0.5 + chance / 2);
}

/** Resolves when the time is over or the signal aborts. Keeps no process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms).unref();
    signal.addEventListener('abort', done);
  });
}
