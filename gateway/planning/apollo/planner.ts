import { HeadgateError } from '../../errors';
import type { PlanningOptions } from '../options';
import type { Plan } from '../plan';
import type { Planner, PlanRequest } from '../planner';
import { type PlannerThread, startPlannerThread } from './thread';

interface Job {
  readonly request: PlanRequest;
  readonly resolve: (plan: Plan) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that is busy for longer than this share of the deadline gets a spare started beside it. */
const SPARE_AFTER_SHARE = 0.25;

/**
 * Apollo's query planner in threads of its own. An operation that is not planned by the deadline loses its thread
 * (about 30 ms to end it); a spare, started while the planner looked stuck, takes over without loading the supergraph again.
 * @returns a planner whose threads have the supergraph loaded
 * @throws {HeadgateError} SUPERGRAPH_INVALID
 */
export async function createApolloPlanner(sdl: string, options: PlanningOptions): Promise<Planner> {
  const threads = new Set<PlannerThread>();
  const idle: PlannerThread[] = [];
  const queue: Job[] = [];
  let spare: PlannerThread | null = null;
  let closed = false;

  function start(): PlannerThread {
    const thread = startPlannerThread(sdl);
    threads.add(thread);
    return thread;
  }

  async function end(thread: PlannerThread): Promise<void> {
    threads.delete(thread);
    await thread.terminate();
  }

  function replace(): void {
    const next = spare ?? start();
    spare = null;
    next.ready.then(
      () => release(next),
      () => void end(next).then(() => failQueue()),
    );
  }

  /** Without a thread that could ever come back, waiting would have no end. */
  function failQueue(): void {
    if (threads.size > 0) return;
    for (const job of queue.splice(0)) job.reject(new HeadgateError('PLANNING_FAILED', 'no planner thread is left'));
  }

  function release(thread: PlannerThread): void {
    if (closed || !threads.has(thread)) return;
    const job = queue.shift();
    if (job === undefined) idle.push(thread);
    else void run(thread, job);
  }

  async function run(thread: PlannerThread, job: Job): Promise<void> {
    let stuck = false;
    const wantSpare = setTimeout(() => {
      spare ??= start();
    }, options.deadlineMs * SPARE_AFTER_SHARE);
    const deadline = setTimeout(() => {
      stuck = true;
      job.reject(
        new HeadgateError('PLANNING_TIMEOUT', `the operation could not be planned within ${options.deadlineMs} ms`),
      );
      if (!closed) replace();
      void end(thread);
    }, options.deadlineMs);
    try {
      job.resolve(await thread.plan(job.request));
    } catch (error) {
      job.reject(error);
    } finally {
      clearTimeout(wantSpare);
      clearTimeout(deadline);
      if (!stuck) release(thread);
    }
  }

  function enqueue(request: PlanRequest, signal: AbortSignal | undefined): Promise<Plan> {
    return new Promise<Plan>((resolve, reject) => {
      const job: Job = { request, resolve, reject };
      const thread = idle.pop();
      if (thread !== undefined) return void run(thread, job);
      queue.push(job);
      signal?.addEventListener(
        'abort',
        () => {
          const at = queue.indexOf(job);
          if (at < 0) return;
          queue.splice(at, 1);
          reject(new HeadgateError('REQUEST_CANCELLED', 'nobody waits for this plan any more'));
        },
        { once: true },
      );
    });
  }

  const first = Array.from({ length: options.workers }, start);
  try {
    await Promise.all(first.map((thread) => thread.ready));
  } catch (error) {
    await Promise.all(first.map(end));
    throw error;
  }
  idle.push(...first);

  return {
    async plan(request, signal) {
      if (closed) throw new HeadgateError('PLANNING_FAILED', 'the planner is closed');
      if (signal?.aborted) throw new HeadgateError('REQUEST_CANCELLED', 'the client went away before planning');
      if (idle.length === 0 && queue.length >= options.queueMax)
        throw new HeadgateError('PLANNING_OVERLOADED', `${options.queueMax} operations wait for the planner already`);
      return await enqueue(request, signal);
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(new HeadgateError('PLANNING_FAILED', 'the planner is closed'));
      await Promise.all([...threads].map(end));
    },
  };
}
