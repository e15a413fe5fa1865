import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { AuditEntry } from '../audit/entry';
import { HeadgateError } from '../errors';
import { sourceAddress, UNIX_SOURCE } from '../http/proxies/source-address';
import type { StoreHost } from '../store/store-host';
import type { DeliveredSupergraph } from '../supergraph-provider';
import type { UsageReport } from '../usage/counts';
import { forwardLines } from './forward-lines';
import {
  type FromWorker,
  type OperatorRoute,
  type Questions,
  revivedError,
  type StartMessage,
  type ToWorker,
} from './messages';
import type { Receiver } from './shared-port';

export interface WorkerEvents {
  readonly online: (worker: WorkerProcess) => void;
  /** The clients of a draining worker were told. */
  readonly told: (worker: WorkerProcess) => void;
  /** Nobody connects to a draining worker any more. */
  readonly quiet: (worker: WorkerProcess) => void;
  /** Takes what it has for the audit log. */
  readonly audit: (entry: AuditEntry) => void;
  /** Takes what clients have asked it for. */
  readonly usage: (reports: readonly UsageReport[]) => void;
  /** Takes whole lines of its log. */
  readonly log: (lines: string) => void;
}

interface Pending {
  readonly resolve: (answers: never) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** Thrown to whoever waits for a worker that ends: nothing is known of what it did. */
export class WorkerGone extends Error {}

/** One worker process, seen from the primary: first a spare that has loaded its code, then a worker. */
export class WorkerProcess implements Receiver {
  /** Resolves when the process is gone, with how: `exit code 0`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  /** 0 for a spare. */
  number = 0;
  startedAt = performance.now();
  /** What it was given last. */
  supergraph: DeliveredSupergraph | null = null;
  config: StartMessage['config'] | null = null;
  online = false;
  /** Why it could not start; null while it did not say so. */
  failure: HeadgateError | null = null;
  routes: readonly OperatorRoute[] = [];
  readonly #child: ChildProcess;
  readonly #events: WorkerEvents;
  readonly #store: StoreHost;
  #leaveStore: () => void = () => {};
  readonly #pending = new Map<number, Pending>();
  #questions = 0;
  #taken: ((taken: boolean) => void) | null = null;
  #gone = false;

  constructor(events: WorkerEvents, store: StoreHost) {
    this.#events = events;
    this.#store = store;
    const stdio = ['ignore', 'inherit', 'pipe', 'ipc'] as const;
    this.#child = fork(join(__dirname, 'worker.js'), [], { serialization: 'advanced', stdio: [...stdio] });
    if (this.#child.stderr !== null) forwardLines(this.#child.stderr, events.log);
    this.exited = endOf(this.#child).then((how) => {
      this.#end();
      return how;
    });
    // Between two processes of one build: what arrives has the form that was sent.
    this.#child.on('message', (message) => this.#receive(message as FromWorker));
  }

  /** Makes a worker of a spare. */
  begin(start: StartMessage): void {
    this.number = start.worker;
    this.startedAt = performance.now();
    this.supergraph = start.supergraph;
    this.config = start.config;
    this.tell(start);
    this.#leaveStore = this.#store.join((message, sent) => this.tell(message, sent));
  }

  get gone(): boolean {
    return this.#gone;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get serving(): boolean {
    return this.online && this.supergraph !== null;
  }

  /** @param sent called when it has left this process; never when the worker is gone */
  tell(message: ToWorker, sent: () => void = () => undefined): void {
    if (!this.#gone && this.#child.connected) this.#child.send(message, () => sent());
  }

  /** @throws {HeadgateError} what the worker refuses with, GATEWAY_TIMEOUT; {@link WorkerGone} */
  ask<Name extends keyof Questions>(
    name: Name,
    asks: Questions[Name]['asks'],
    deadlineMs: number,
  ): Promise<Questions[Name]['answers']> {
    return new Promise((resolve, reject) => {
      if (this.#gone) throw new WorkerGone(`worker ${this.number} is gone`);
      this.#questions += 1;
      const id = this.#questions;
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new HeadgateError('GATEWAY_TIMEOUT', `worker ${this.number} did not answer within ${deadlineMs} ms`));
      }, deadlineMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.tell({ kind: 'question', id, name, asks });
    });
  }

  hand(socket: Socket): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#gone || !this.#child.connected) return resolve(false);
      this.#taken = resolve;
      const source = sourceAddress(socket) === UNIX_SOURCE ? UNIX_SOURCE : null;
      const message: ToWorker = { kind: 'connection', source };
      this.#child.send(message, socket, { keepOpen: true }, (error) => {
        if (error !== null) this.#settleHand(false);
      });
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case 'online':
        this.online = true;
        this.routes = message.routes;
        this.#events.online(this);
        return;
      case 'store asked':
        this.tell(this.#store.answer(message));
        return;
      case 'audit':
        this.#events.audit(message.entry);
        return;
      case 'usage':
        this.#events.usage(message.reports);
        return;
      case 'failed':
        this.failure = revivedError(message.error);
        return;
      case 'taken':
        this.#settleHand(true);
        return;
      case 'told':
        this.#events.told(this);
        return;
      case 'quiet':
        this.#events.quiet(this);
        return;
      case 'answer':
        // The worker answers the question of this id.
        this.#settle(message.id, ({ resolve }) => resolve(message.answers as never));
        return;
      case 'refusal':
        this.#settle(message.id, ({ reject }) => reject(revivedError(message.error)));
        return;
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    how(pending);
  }

  #settleHand(taken: boolean): void {
    this.#taken?.(taken);
    this.#taken = null;
  }

  #end(): void {
    this.#gone = true;
    this.online = false;
    this.#leaveStore();
    this.#settleHand(false);
    for (const id of [...this.#pending.keys()])
      this.#settle(id, ({ reject }) => reject(new WorkerGone(`worker ${this.number} ended`)));
  }
}

/**
 * Not before the last message has arrived: a connection that was taken must not be handed to somebody else. That is
 * `close`: `exit` may come earlier, and `disconnect` does not come at all when a socket was on its way.
 */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once('error', (error) => resolve(error.message));
  });
}
