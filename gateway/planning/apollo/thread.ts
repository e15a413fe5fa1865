import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HeadgateError } from '../../errors';
import type { Plan } from '../plan';
import type { PlanRequest } from '../planner';
import type { PlannerReply, PlannerThreadData } from './messages';

/** One planner thread, with its supergraph loaded or being loaded. Plans one operation at a time. */
export interface PlannerThread {
  /** Resolves when the supergraph is loaded. */
  readonly ready: Promise<void>;
  /** @throws {HeadgateError} PLANNING_FAILED, also when the thread dies meanwhile */
  plan(request: PlanRequest): Promise<Plan>;
  terminate(): Promise<void>;
}

interface Waiting {
  readonly resolve: (plan: Plan) => void;
  readonly reject: (error: HeadgateError) => void;
}

export function startPlannerThread(sdl: string): PlannerThread {
  const data: PlannerThreadData = { sdl };
  const worker = new Worker(join(__dirname, 'planner-thread.js'), { workerData: data, stdout: false });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let dead = false;
  let settleReady: { resolve: () => void; reject: (error: Error) => void } | null = null;
  const ready = new Promise<void>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  ready.catch(() => {}); // whoever awaits it sees the failure; nobody may be waiting

  function die(message: string): void {
    dead = true;
    settleReady?.reject(new HeadgateError('SUPERGRAPH_INVALID', message));
    for (const one of waiting.values()) one.reject(new HeadgateError('PLANNING_FAILED', message));
    waiting.clear();
  }

  worker.on('message', (reply: PlannerReply) => {
    if (reply.kind === 'ready') return settleReady?.resolve();
    if (reply.kind === 'failed' && reply.id === null)
      return die(`the planner cannot load the supergraph: ${reply.message}`);
    const one = waiting.get(reply.id ?? 0);
    waiting.delete(reply.id ?? 0);
    if (reply.kind === 'planned') one?.resolve(reply.plan);
    else one?.reject(new HeadgateError('PLANNING_FAILED', reply.message));
  });
  worker.on('error', (error) => die(`the planner thread failed: ${error.message}`));
  worker.on('exit', () => die('the planner thread ended'));
  worker.unref(); // a request or a listener keeps the process alive, a planner does not

  return {
    ready,
    plan(request) {
      if (dead) return Promise.reject(new HeadgateError('PLANNING_FAILED', 'the planner thread ended'));
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
}
