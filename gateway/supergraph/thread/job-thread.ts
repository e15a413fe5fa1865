import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { inBackground } from '../../background';
import { Deadline } from '../../deadline';
import { HeadgateError } from '../../errors';
import { codeOf } from '../thrown';
import type { Job, JobAnswer } from './jobs';

export interface JobThreadOptions {
  /** What the thread runs, in this folder; the one for composing and reading when absent. */
  readonly file?: string;
  /** Milliseconds that one job may run. */
  readonly deadlineMs: number;
  /** Milliseconds after a job without another one after which the thread ends. */
  readonly idleMs: number;
  /** Jobs that may wait while one runs. */
  readonly queueMax: number;
  /** Megabytes of heap; 50 subgraphs need about 500. */
  readonly heapMb: number;
}

interface Pending {
  readonly job: Job;
  resolve(answer: JobAnswer): void;
  reject(error: Error): void;
}

/**
 * One thread for work that would block the loop for seconds. It runs jobs one at a time in the order they came, starts
 * with the first one, ends when idle, and keeps the process alive only while a job runs.
 */
export class JobThread {
  readonly #options: JobThreadOptions;
  readonly #waiting: Pending[] = [];
  #running: Pending | null = null;
  #worker: Worker | null = null;
  /** Of the running job. */
  #deadline: Deadline | undefined;
  /** Of the thread without a job. */
  #idle: NodeJS.Timeout | undefined;

  constructor(options: JobThreadOptions) {
    this.#options = options;
  }

  /**
   * @throws {HeadgateError} COMPOSITION_FAILED or SUPERGRAPH_INVALID when the deadline passed, the memory ran out or the
   *   queue is full; REQUEST_CANCELLED when `signal` aborts
   */
  async run(job: Job, signal?: AbortSignal): Promise<JobAnswer> {
    if (signal?.aborted === true) throw cancelled(signal);
    if (this.#waiting.length >= this.#options.queueMax) {
      const reason = `was refused because ${this.#options.queueMax} others wait already; try again later`;
      throw job.kind === 'introspect' || job.kind === 'validate'
        ? new HeadgateError('PLANNING_OVERLOADED', `introspection ${reason}`)
        : failed(job, reason);
    }
    const { promise, resolve, reject } = withResolvers<JobAnswer>();
    const pending: Pending = { job, resolve, reject };
    const onAbort = () => signal !== undefined && this.#cancel(pending, cancelled(signal));
    signal?.addEventListener('abort', onAbort);
    this.#waiting.push(pending);
    if (this.#running === null) this.#next();
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /**
   * Starts the thread before there is a job, so that the first one need not wait for its code to load. It waits for that as
   * long as a job may run: who asks loads code of its own meanwhile, which takes many times `idleMs` on a busy machine.
   */
  prepare(): void {
    if (this.#running !== null) return;
    this.#worker ??= this.#start();
    this.#rest(Math.max(this.#options.idleMs, this.#options.deadlineMs));
  }

  /** Ends the thread and refuses what runs or waits. The next job starts a new thread. */
  async close(): Promise<void> {
    const refused = [this.#running, ...this.#waiting.splice(0)];
    this.#running = null;
    const stopped = this.#stop();
    for (const pending of refused) pending?.reject(failed(pending.job, 'was stopped because the process is closing'));
    await stopped;
  }

  #next(): void {
    this.#running = this.#waiting.shift() ?? null;
    if (this.#running === null) {
      this.#rest(this.#options.idleMs);
      return;
    }
    this.#clearTimers();
    this.#worker ??= this.#start();
    this.#worker.ref();
    const { deadlineMs } = this.#options;
    this.#deadline = new Deadline(deadlineMs, () => this.#fail(`took longer than ${deadlineMs} ms`));
    this.#worker.postMessage(this.#running.job);
  }

  /** Without a job: the thread ends after so many milliseconds. */
  #rest(ms: number): void {
    this.#clearTimers();
    this.#worker?.unref();
    this.#idle = setTimeout(() => this.#letGo(), ms).unref();
  }

  #start(): Worker {
    const worker = new Worker(join(__dirname, this.#options.file ?? 'thread.js'), {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMb },
    });
    const whileCurrent = (act: () => void) => {
      if (this.#worker === worker) act();
    };
    worker.on('message', (answer: JobAnswer) =>
      whileCurrent(() => {
        this.#running?.resolve(answer);
        this.#next();
      }),
    );
    worker.on('error', (error) => whileCurrent(() => this.#fail(this.#reasonOf(error), error)));
    worker.on('exit', (code) => whileCurrent(() => this.#fail(`ended its thread with code ${code}`)));
    return worker;
  }

  /** Gives up the running job together with its thread, which may be stuck or dead. */
  #fail(reason: string, cause?: unknown): void {
    const pending = this.#running;
    this.#letGo();
    pending?.reject(failed(pending.job, reason, cause));
    this.#next();
  }

  #cancel(pending: Pending, error: Error): void {
    pending.reject(error);
    const index = this.#waiting.indexOf(pending);
    if (index >= 0) this.#waiting.splice(index, 1);
    if (this.#running !== pending) return;
    this.#letGo();
    this.#next();
  }

  #clearTimers(): void {
    this.#deadline?.cancel();
    clearTimeout(this.#idle);
  }

  #letGo(): void {
    const stopped = this.#stop();
    if (stopped !== undefined) inBackground('thread', stopped);
  }

  #stop(): Promise<number> | undefined {
    this.#clearTimers();
    const worker = this.#worker;
    this.#worker = null;
    return worker?.terminate();
  }

  #reasonOf(error: Error): string {
    const outOfMemory = codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY';
    return outOfMemory ? `needs more than ${this.#options.heapMb} MB of memory` : `failed: ${error.message}`;
  }
}

const WORK = {
  read: 'reading the supergraph',
  compare: 'comparing it with the one in service',
  lint: 'looking at the rules of registry.lint',
} as const;

function failed(job: Job, reason: string, cause?: unknown): HeadgateError {
  if (job.kind === 'compose') return new HeadgateError('COMPOSITION_FAILED', `composition ${reason}`, { cause });
  if (job.kind === 'introspect' || job.kind === 'validate')
    return new HeadgateError('PLANNING_FAILED', `introspection ${reason}`, { cause });
  return new HeadgateError('SUPERGRAPH_INVALID', `${WORK[job.kind]} ${reason}`, { cause });
}

function cancelled(signal: AbortSignal): HeadgateError {
  return new HeadgateError('REQUEST_CANCELLED', 'the result is not wanted any more', { cause: signal.reason });
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<Value>((accept, refuse) => {
    resolve = accept;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
