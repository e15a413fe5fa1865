import type { Cancellation } from '../../cancellation';
import { HeadgateError } from '../../errors';
import type { PlanningOptions } from '../options';
import { type OverrideLabels, overrideLabels } from '../override-labels';
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
 */
class ApolloPlanner implements Planner {
  readonly #sdl: string;
  readonly #options: PlanningOptions;
  /** Those that plan or will, the spare included. */
  readonly #threads = new Set<PlannerThread>();
  readonly #idle: PlannerThread[] = [];
  readonly #queue: Job[] = [];
  readonly #ending = new Set<Promise<void>>();
  #spare: PlannerThread | null = null;
  readonly #labels: OverrideLabels;
  #closed = false;

  constructor(sdl: string, options: PlanningOptions) {
    this.#sdl = sdl;
    this.#options = options;
    this.#labels = overrideLabels(sdl, options.overrideLabels ?? {});
  }

  /** @throws {HeadgateError} SUPERGRAPH_INVALID, INTERNAL */
  async load(): Promise<void> {
    const first = Array.from({ length: this.#options.workers }, () => this.#start());
    try {
      await Promise.all(first.map((thread) => thread.ready));
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#idle.push(...first.filter((thread) => this.#threads.has(thread)));
  }

  get varies(): boolean {
    return this.#labels.vary;
  }

  chooseLabels(): readonly string[] {
    return this.#labels.choose();
  }

  async plan(request: PlanRequest, cancellation?: Cancellation): Promise<Plan> {
    const { queueMax } = this.#options;
    if (this.#closed) throw new HeadgateError('PLANNING_FAILED', 'the planner is closed');
    if (cancellation !== undefined && cancellation.reason !== null)
      throw new HeadgateError('REQUEST_CANCELLED', 'the client went away before planning');
    if (this.#idle.length === 0 && this.#queue.length >= queueMax)
      throw new HeadgateError('PLANNING_OVERLOADED', `${queueMax} operations wait for the planner already`);
    if (this.#threads.size === 0) this.#replace();
    return await this.#enqueue({ ...request, labels: request.labels ?? this.chooseLabels() }, cancellation);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#failQueue(new HeadgateError('PLANNING_FAILED', 'the planner is closed'));
    for (const thread of this.#threads) this.#end(thread);
    await Promise.all(this.#ending);
  }

  #start(): PlannerThread {
    const thread = startPlannerThread({ sdl: this.#sdl, fetchesMax: this.#options.fetchesMax }, (lost) =>
      this.#lose(lost),
    );
    this.#threads.add(thread);
    return thread;
  }

  #end(thread: PlannerThread): void {
    this.#threads.delete(thread);
    const ended = thread.terminate().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** A thread has ended. Most were ended by us and are forgotten already; one that died is replaced. */
  #lose(thread: PlannerThread): void {
    if (!this.#threads.delete(thread)) return;
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#spare === thread) this.#spare = null;
    else thread.ready.then(() => this.#closed || this.#replace()).catch(() => {}); // not loaded: #replace deals with it
  }

  #replace(): void {
    const next = this.#spare ?? this.#start();
    this.#spare = null;
    next.ready.then(
      () => this.#release(next),
      (error: unknown) => {
        this.#end(next);
        // Without a thread that could ever come back, waiting would have no end. The next request tries again.
        if (this.#threads.size === 0) this.#failQueue(error);
      },
    );
  }

  #failQueue(error: unknown): void {
    for (const job of this.#queue.splice(0)) job.reject(error);
  }

  #release(thread: PlannerThread): void {
    if (this.#closed || !this.#threads.has(thread)) return;
    const job = this.#queue.shift();
    if (job === undefined) this.#idle.push(thread);
    else void this.#run(thread, job);
  }

  async #run(thread: PlannerThread, job: Job): Promise<void> {
    const { deadlineMs } = this.#options;
    const wantSpare = setTimeout(() => {
      this.#spare ??= this.#start();
    }, deadlineMs * SPARE_AFTER_SHARE);
    const deadline = setTimeout(() => {
      job.reject(new HeadgateError('PLANNING_TIMEOUT', `the operation could not be planned within ${deadlineMs} ms`));
      this.#end(thread);
      if (!this.#closed) this.#replace();
    }, deadlineMs);
    try {
      job.resolve(await thread.plan(job.request));
    } catch (error) {
      job.reject(error);
    } finally {
      clearTimeout(wantSpare);
      clearTimeout(deadline);
      this.#release(thread);
    }
  }

  #enqueue(request: PlanRequest, cancellation: Cancellation | undefined): Promise<Plan> {
    return new Promise<Plan>((resolve, reject) => {
      const job: Job = { request, resolve, reject };
      const thread = this.#idle.pop();
      if (thread !== undefined) return void this.#run(thread, job);
      this.#queue.push(job);
      cancellation?.onCancel(() => this.#forget(job));
    });
  }

  /** Nobody waits for this plan any more: it is not made, unless it is being made. */
  #forget(job: Job): void {
    const at = this.#queue.indexOf(job);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    job.reject(new HeadgateError('REQUEST_CANCELLED', 'nobody waits for this plan any more'));
  }
}

/**
 * @returns a planner whose threads have the supergraph loaded
 * @throws {HeadgateError} SUPERGRAPH_INVALID, INTERNAL
 */
export async function createApolloPlanner(sdl: string, options: PlanningOptions): Promise<Planner> {
  const planner = new ApolloPlanner(sdl, options);
  await planner.load();
  return planner;
}
