import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Deadline } from '../../deadline';
import { readSdlAnswer, type SdlAnswer } from './sdl-answer';
import { sdlHash } from './sdl-hash';

/** Smaller ones take a few milliseconds where they are. Bytes, or characters. */
const SMALL_MAX = 16_384;
/** 8 MB take about five seconds. */
const DEADLINE_MS = 60_000;
const IDLE_MS = 10_000;
const HEAP_MB = 1_024;
/** Texts of megabytes wait: whoever comes later is compared another time. */
const WAITING_MAX = 64;

export type SdlQuestion = { readonly sdl: string } | { readonly body: Uint8Array };

interface Waiting {
  readonly question: SdlQuestion;
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A thread that reads and compares large schemas, one at a time. It starts with the first and ends when idle. */
class SdlThread {
  readonly #waiting: Waiting[] = [];
  #running: Waiting | null = null;
  #worker: Worker | null = null;
  #deadline: Deadline | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** @throws {Error} too many wait, the thread died, or it took too long */
  ask(question: SdlQuestion): Promise<unknown> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(new Error(`${WAITING_MAX} schemas wait to be read`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#running !== null) return;
    clearTimeout(this.#idle);
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#worker?.unref();
      this.#idle = setTimeout(() => this.#end(new Error('idle')), IDLE_MS).unref();
      return;
    }
    this.#running = next;
    this.#worker ??= this.#start();
    // A health check is no reason for a process to stay.
    if ('sdl' in next.question) this.#worker.ref();
    else this.#worker.unref();
    this.#worker.postMessage(next.question);
    this.#deadline = new Deadline(DEADLINE_MS, () => this.#end(new Error(`no result within ${DEADLINE_MS} ms`)));
  }

  #start(): Worker {
    const worker = new Worker(join(__dirname, 'sdl-worker.js'), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    worker.on('message', (answer: unknown) => {
      const running = this.#finish();
      running?.resolve(answer);
      this.#next();
    });
    worker.on('error', (error: unknown) => {
      if (worker === this.#worker) this.#end(error instanceof Error ? error : new Error(String(error)));
    });
    worker.on('exit', () => {
      if (worker === this.#worker) this.#end(new Error('the thread ended'));
    });
    return worker;
  }

  #finish(): Waiting | null {
    this.#deadline?.cancel();
    const running = this.#running;
    this.#running = null;
    return running;
  }

  #end(reason: Error): void {
    const worker = this.#worker;
    this.#worker = null;
    const running = this.#finish();
    const ended = () => undefined;
    worker?.terminate().then(ended, ended);
    running?.reject(reason);
    if (running !== null) this.#next();
  }
}

const thread = new SdlThread();

/** {@link sdlHash}, in a thread when the text is large. @throws {Error} when the thread fails */
export async function sdlHashOf(sdl: string): Promise<string> {
  // The thread answers a question of this form with a hash.
  return sdl.length <= SMALL_MAX ? sdlHash(sdl) : ((await thread.ask({ sdl })) as string);
}

/** Reads the body of an answer; a promise, from a thread, when it is large. @throws {Error} when the thread fails */
export function sdlAnswerOf(body: Buffer): SdlAnswer | Promise<SdlAnswer> {
  if (body.length <= SMALL_MAX) return readSdlAnswer(body);
  // The thread answers a question of this form so.
  return thread.ask({ body }) as Promise<SdlAnswer>;
}
