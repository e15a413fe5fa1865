import { parse } from 'graphql';
import { inBackground } from '../../background';
import type { Cancellation } from '../../cancellation';
import { Deadline } from '../../deadline';
import { HeadgateError, isHeadgateError } from '../../errors';
import { announce } from '../../events';
import { type OperationShape, operationShape } from '../operation-shape';
import type { PlanningOptions } from '../options';
import { type OverrideLabels, overrideLabels, type RequestHeaders } from '../override-labels';
import type { Plan } from '../plan';
import type { Planner, PlannerNumbers, PlanRequest } from '../planner';
import { Suspects } from './suspects';
import { type PlannerThread, startPlannerThread } from './thread';
import { type Job, WaitingJobs } from './waiting-jobs';

/** What a thread is at. */
type Activity = { readonly kind: 'loading' } | { readonly kind: 'idle' } | Planning;

interface Planning {
  readonly kind: 'planning';
  readonly job: Job;
  /** It has the thread until the deadline; the others have to be quick. */
  isLong: boolean;
  /** Its thread was ended. */
  isCut: boolean;
}

const LOADING: Activity = { kind: 'loading' };
const IDLE: Activity = { kind: 'idle' };
/** Of the deadline: an operation that takes longer than this is a long one. */
const QUICK_SHARE = 0.125;
/** Milliseconds: the first plan of a thread, whose code is cold, takes 100. */
const QUICK_MIN_MS = 200;
/** An operation with more selections looks as if it took long. */
const DOUBTFUL_SELECTIONS = 500;

function shapeOf({ query, operationName, document }: PlanRequest): OperationShape {
  try {
    return operationShape(document ?? parse(query, { noLocation: true }), operationName);
  } catch {
    return { selections: 0, fields: new Map() }; // the thread will say what is wrong
  }
}

/**
 * Apollo's query planner in threads of its own. Long operations have `workers` threads at most, and one thread more is there
 * for the quick ones as soon as any is long. In that one, what takes long makes room: it begins again when there is a place
 * for long ones. An operation that is not planned by the deadline costs its thread the life (about 30 ms).
 */
class ApolloPlanner implements Planner {
  readonly #sdl: string;
  readonly #options: PlanningOptions;
  readonly #quickMs: number;
  readonly #threads = new Map<PlannerThread, Activity>();
  readonly #waiting = new WaitingJobs();
  readonly #suspects = new Suspects();
  readonly #ending = new Set<Promise<void>>();
  readonly #labels: OverrideLabels;
  #closed = false;

  constructor(sdl: string, options: PlanningOptions) {
    this.#sdl = sdl;
    this.#options = options;
    this.#quickMs = Math.min(options.deadlineMs, Math.max(QUICK_MIN_MS, options.deadlineMs * QUICK_SHARE));
    this.#labels = overrideLabels(sdl, {
      labels: options.overrideLabels ?? {},
      header: options.overrideHeader ?? null,
    });
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
  }

  get numbers(): PlannerNumbers {
    const idle = this.#countOf(IDLE);
    return { threads: this.#threads.size, idle, long: this.#longOnes, waiting: this.#waiting.count };
  }

  chooseLabels(headers?: RequestHeaders): readonly string[] {
    return this.#labels.choose(headers);
  }

  async plan(request: PlanRequest, cancellation?: Cancellation): Promise<Plan> {
    if (this.#closed) throw closedPlanner();
    if (cancellation !== undefined && cancellation.reason !== null)
      throw new HeadgateError('REQUEST_CANCELLED', 'the client went away before planning');
    const { query, operationName, labels = this.chooseLabels() } = request;
    const shape = shapeOf(request);
    const isDoubtful = this.#isDoubtful(shape);
    this.#refuseOverload(isDoubtful);
    return await new Promise<Plan>((resolve, reject) => {
      const askedAt = performance.now();
      const job: Job = {
        request: { query, operationName, labels },
        shape,
        askedAt,
        cancellation,
        resolve,
        reject,
        isDoubtful,
      };
      this.#waiting.add(job);
      cancellation?.onCancel(() => this.#forget(job));
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#failWaiting(closedPlanner());
    for (const thread of this.#threads.keys()) this.#end(thread);
    await Promise.all(this.#ending);
  }

  /** Doubtful operations may take half of the queue, so that they do not keep the others out. */
  #refuseOverload(isDoubtful: boolean): void {
    const { queueMax } = this.#options;
    const isFull = this.#countOf(IDLE) === 0 && this.#waiting.count >= queueMax;
    const isFullOfThem = isDoubtful && this.#waiting.doubtful >= Math.ceil(queueMax / 2);
    if (!isFull && !isFullOfThem) return;
    const code = 'PLANNING_OVERLOADED';
    announce('planning.refused', { code });
    const many = isFull ? `${queueMax} operations` : 'too many operations of this kind';
    throw new HeadgateError(code, `${many} wait for the planner already`);
  }

  #isDoubtful(shape: OperationShape): boolean {
    return shape.selections > DOUBTFUL_SELECTIONS || this.#suspects.resemble(shape, performance.now());
  }

  #countOf(activity: Activity): number {
    return [...this.#threads.values()].filter((one) => one === activity).length;
  }

  get #longOnes(): number {
    return [...this.#threads.values()].filter((one) => one.kind === 'planning' && one.isLong).length;
  }

  #start(): PlannerThread {
    const thread = startPlannerThread({ sdl: this.#sdl, fetchesMax: this.#options.fetchesMax }, (lost) =>
      this.#lose(lost),
    );
    this.#threads.set(thread, LOADING);
    thread.ready.then(
      () => this.#release(thread),
      (error: unknown) => {
        this.#end(thread);
        // Without a thread that could ever come back, waiting would have no end. The next request tries again.
        if (this.#threads.size === 0) this.#failWaiting(error);
      },
    );
    return thread;
  }

  #end(thread: PlannerThread): void {
    this.#threads.delete(thread);
    const ended = thread.terminate().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  /** A thread has ended. Most were ended by us and are forgotten already; one that died after loading is replaced. */
  #lose(thread: PlannerThread): void {
    const activity = this.#threads.get(thread);
    if (activity === undefined || activity === LOADING) return;
    this.#threads.delete(thread);
    announce('planner.thread.lost', { cause: 'died' });
    this.#dispatch();
  }

  #failWaiting(error: unknown): void {
    for (const job of this.#waiting.takeAll()) job.reject(error);
  }

  #release(thread: PlannerThread): void {
    if (!this.#threads.has(thread)) return;
    this.#threads.set(thread, IDLE);
    this.#dispatch();
  }

  /** Gives each idle thread what it may plan, and starts threads that are missing. */
  #dispatch(): void {
    if (this.#closed) return;
    for (const [thread, activity] of this.#threads) {
      if (activity !== IDLE) continue;
      const job = this.#take(thread);
      if (job !== null) inBackground('planner thread', this.#run(thread, job));
    }
    while (this.#threads.size < this.#wanted) this.#start();
  }

  /** One for each that may be long, and one that is not long. */
  get #wanted(): number {
    const long = this.#longOnes;
    const { workers } = this.#options;
    const next = long < workers && this.#waiting.doubtful > 0 ? 1 : 0;
    return Math.max(workers, long + next + 1);
  }

  #take(thread: PlannerThread): Job | null {
    if (this.#longOnes >= this.#options.workers) return this.#waiting.takeSmallest(false);
    const isAnotherQuick = [...this.#threads].some(
      ([one, activity]) => one !== thread && activity !== LOADING && !(activity.kind === 'planning' && activity.isLong),
    );
    // The other ones are planned by other threads, too.
    if (isAnotherQuick) return this.#waiting.takeSmallest(true) ?? this.#waiting.takeSmallest(false);
    // As long as nothing has held up a thread, a large operation may have the last one.
    const mayBeLong = !this.#suspects.anyAt(performance.now());
    return this.#waiting.takeSmallest(false) ?? (mayBeLong ? this.#waiting.takeSmallest(true) : null);
  }

  async #run(thread: PlannerThread, job: Job): Promise<void> {
    const planning: Planning = { kind: 'planning', job, isLong: job.isDoubtful, isCut: false };
    this.#threads.set(thread, planning);
    const startedAt = performance.now();
    const finish = (outcome: string) => {
      const durationMs = performance.now() - startedAt;
      announce('planning.finished', { outcome, waitedMs: startedAt - job.askedAt, durationMs });
    };
    const { deadlineMs } = this.#options;
    const overrun = new Deadline(this.#quickMs, () => this.#overrun(thread, planning));
    const deadline = new Deadline(deadlineMs, () => {
      job.reject(new HeadgateError('PLANNING_TIMEOUT', `the operation could not be planned within ${deadlineMs} ms`));
      finish('PLANNING_TIMEOUT');
      this.#cut(thread, planning, 'deadline');
      this.#dispatch();
    });
    try {
      const plan = await thread.plan(job.request);
      if (planning.isCut) return;
      job.resolve(plan);
      this.#suspects.clear(job.shape);
      finish('planned');
    } catch (error) {
      if (planning.isCut) return;
      job.reject(error);
      finish(isHeadgateError(error) ? error.code : 'INTERNAL');
    } finally {
      overrun.cancel();
      deadline.cancel();
      this.#release(thread);
    }
  }

  #cut(thread: PlannerThread, planning: Planning, cause: 'deadline' | 'room'): void {
    planning.isCut = true;
    this.#end(thread);
    announce('planner.thread.lost', { cause });
  }

  /** An operation is not quick: it becomes a long one, or waits until it can be. */
  #overrun(thread: PlannerThread, planning: Planning): void {
    const { job } = planning;
    if (planning.isLong) return;
    this.#suspects.add(job.shape, performance.now());
    this.#waiting.doubt(({ shape }) => this.#isDoubtful(shape));
    if (this.#longOnes < this.#options.workers) planning.isLong = true;
    else {
      this.#cut(thread, planning, 'room');
      job.isDoubtful = true;
      if (job.cancellation === undefined || job.cancellation.reason === null) this.#waiting.add(job);
      else job.reject(unwanted());
    }
    this.#dispatch();
  }

  /** Nobody waits for this plan any more: it is not made, unless it is being made. */
  #forget(job: Job): void {
    if (this.#waiting.remove(job)) job.reject(unwanted());
  }
}

function closedPlanner(): HeadgateError {
  return new HeadgateError('GATEWAY_NOT_READY', 'the planner is closed');
}

function unwanted(): HeadgateError {
  return new HeadgateError('REQUEST_CANCELLED', 'nobody waits for this plan any more');
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
