import { HeadgateError, isHeadgateError } from '../errors';
import type { CrewChange } from './messages';
import { WorkerGone, type WorkerProcess } from './worker-process';

/** Reading a supergraph, loading a planner with it, making senders, planning ahead. */
const PREPARE_MS = 120_000;
/** Assignments only. */
const COMMIT_MS = 10_000;

type Worker = Pick<WorkerProcess, 'ask' | 'kill' | 'supergraph' | 'config'>;

/**
 * Makes all workers take over a change, or none: each prepares it, and only when nobody refuses they are told to commit.
 * Who ends or stands still meanwhile is replaced by one that begins with whatever was decided.
 * @throws {HeadgateError} the first refusal, or SUPERGRAPH_UNAVAILABLE when every worker ended; then nothing changed
 */
export async function commitTogether(workers: readonly Worker[], change: CrewChange): Promise<void> {
  const ready: Worker[] = [];
  const refusals: unknown[] = [];
  await Promise.all(
    workers.map(async (worker) => {
      try {
        await worker.ask('prepare', change, PREPARE_MS);
        ready.push(worker);
      } catch (error) {
        if (isLost(error)) worker.kill('SIGKILL');
        else refusals.push(error);
      }
    }),
  );
  const agreed = refusals.length === 0 && (ready.length > 0 || workers.length === 0);
  await Promise.all(ready.map((worker) => decide(worker, agreed ? change : null)));
  if (refusals.length > 0) throw refusals[0];
  if (!agreed) throw new HeadgateError('SUPERGRAPH_UNAVAILABLE', 'every worker ended while it took over the change');
}

/** Nothing is known of one that does not answer: its place is taken by a new process. @param change null abandons it */
async function decide(worker: Worker, change: CrewChange | null): Promise<void> {
  try {
    await worker.ask(change === null ? 'abandon' : 'commit', null, COMMIT_MS);
    worker.supergraph = change?.supergraph ?? worker.supergraph;
    worker.config = change?.config ?? worker.config;
  } catch {
    worker.kill('SIGKILL');
  }
}

function isLost(error: unknown): boolean {
  return error instanceof WorkerGone || isHeadgateError(error, 'GATEWAY_TIMEOUT');
}
