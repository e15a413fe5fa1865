import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { inBackground } from '../../background';
import { HeadgateError } from '../../errors';
import { announce } from '../../events';
import type { Plan } from '../plan';
import type { PlanRequest } from '../planner';
import type { PlannerReply, PlannerThreadData } from './messages';

/** One planner thread, with its supergraph loaded or being loaded. Plans one operation at a time. */
export interface PlannerThread {
  /** Resolves when the supergraph is loaded. @throws {HeadgateError} SUPERGRAPH_INVALID, INTERNAL */
  readonly ready: Promise<void>;
  /** @throws {HeadgateError} PLANNING_FAILED; INTERNAL when the thread dies meanwhile */
  plan(request: PlanRequest): Promise<Plan>;
  terminate(): Promise<void>;
}

/** Loading takes about a second for 50 subgraphs. */
const LOADING_MAX_MS = 60_000;
/** An operation that needs more costs the thread its life. */
const HEAP_MB = 2_048;

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: HeadgateError) => void;
}

/** Why a thread ended that nobody ended. */
function causeOfDeath(error: unknown, isPlanning: boolean): HeadgateError {
  const isOutOfMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (isOutOfMemory && isPlanning)
    return new HeadgateError('PLANNING_FAILED', 'the operation takes too much memory to plan');
  return new HeadgateError('INTERNAL', 'the planner thread ended', { cause: error });
}

function startWorker(): Worker {
  return new Worker(join(__dirname, 'planner-thread.js'), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
}

/** Loads its code, or has; waits to be told of a supergraph. */
let prepared: Worker | null = null;

/**
 * Starts the next thread before its supergraph is known: its code alone takes 200 ms to load, which the main thread
 * can use to load its own.
 */
export function preparePlannerThread(): void {
  if (prepared !== null) return;
  const worker = startWorker();
  const forget = () => {
    if (prepared === worker) prepared = null;
  };
  // One that cannot load its code is started again by whoever needs it, and fails there.
  worker.once('error', forget).once('exit', forget).unref();
  prepared = worker;
}

function takeWorker(): Worker {
  const worker = prepared ?? startWorker();
  prepared = null;
  worker.ref();
  return worker;
}

/** @param onLost called once when the thread has ended, before anybody who waits for it hears of that */
export function startPlannerThread(data: PlannerThreadData, onLost: (thread: PlannerThread) => void): PlannerThread {
  const worker = takeWorker();
  const waiting = new Map<number, Settle<Plan>>();
  let nextId = 1;
  let ended: HeadgateError | null = null;
  let thrown: unknown;
  let loading: Settle<void> | null = null;
  const ready = new Promise<void>((resolve, reject) => {
    loading = { resolve, reject };
  });
  ready.catch(() => {}); // whoever awaits it sees the failure; nobody may be waiting
  const tooLong = setTimeout(() => inBackground('planner thread', worker.terminate()), LOADING_MAX_MS);

  function loaded(): void {
    clearTimeout(tooLong);
    loading?.resolve();
    worker.unref(); // a request or a listener keeps the process alive, an idle planner does not
  }

  worker.on('message', (reply: PlannerReply) => {
    if (reply.kind === 'ready') return loaded();
    if (reply.kind === 'failed' && reply.id === null) {
      const message = `the planner cannot load the supergraph: ${reply.message}`;
      return loading?.reject(new HeadgateError('SUPERGRAPH_INVALID', message));
    }
    const one = waiting.get(reply.id ?? 0);
    waiting.delete(reply.id ?? 0);
    if (reply.kind === 'planned') one?.resolve(reply.plan);
    else one?.reject(new HeadgateError('PLANNING_FAILED', reply.message));
  });
  worker.on('error', (error) => {
    thrown = error;
    announce('internal.error', { where: 'planner thread', error });
  });
  worker.on('exit', () => {
    clearTimeout(tooLong);
    const cause = causeOfDeath(thrown, waiting.size > 0);
    ended = cause;
    onLost(thread);
    loading?.reject(cause);
    for (const one of waiting.values()) one.reject(cause);
    waiting.clear();
  });

  worker.postMessage(data);
  const thread: PlannerThread = {
    ready,
    plan(request) {
      if (ended !== null) return Promise.reject(ended);
      const id = nextId++;
      worker.ref();
      const answer = new Promise<Plan>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, ...request });
      });
      return answer.finally(() => worker.unref());
    },
    async terminate() {
      await worker.terminate();
    },
  };
  return thread;
}
