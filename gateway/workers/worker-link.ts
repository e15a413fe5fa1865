import { Socket } from 'node:net';
import type { AuditEntry } from '../audit/entry';
import { inBackground } from '../background';
import type { PreparedChange } from '../change';
import { type LoadedConfig, remakeConfig } from '../config/load';
import type { Acceptor } from '../http/acceptor';
import type { WorkerCount } from '../http/health';
import { nameSource } from '../http/proxies/source-address';
import type { Route } from '../http/route';
import type { StoreOptions } from '../store/options';
import { PrimaryStore } from '../store/primary-store';
import type { Upstream, WorkerSide } from '../upstream';
import type { UsageReport } from '../usage/counts';
import { answerOperator } from './answer-operator';
import {
  type FromWorker,
  type OperatorRoute,
  plainError,
  type Question,
  type Questions,
  type StartMessage,
  type ToWorker,
} from './messages';

/** A worker's end of the channel to its primary. */
export class WorkerLink implements Upstream {
  readonly worker: number;
  readonly pools: Upstream['pools'];
  readonly keepsPools: boolean;
  readonly acceptor: Acceptor;
  readonly store: PrimaryStore;
  readonly #start: StartMessage;
  #workers: WorkerCount;
  /** What the primary has not decided on yet. */
  #prepared: PreparedChange | null = null;
  #side: WorkerSide | null = null;
  #onConnection: (socket: Socket) => void = (socket) => socket.destroy();
  readonly #onDrain: (signal: string) => void;
  #onSettled: () => void = () => {};
  #onClosed: () => void = () => {};

  constructor(start: StartMessage, options: StoreOptions, onDrain: (signal: string) => void) {
    this.store = new PrimaryStore((batch) => this.tell(batch), options);
    this.worker = start.worker;
    this.pools = start.pools;
    this.keepsPools = start.keepsPools;
    this.#start = start;
    this.#workers = start.workers;
    this.#onDrain = onDrain;
    const settled = new Promise<void>((resolve) => {
      this.#onSettled = resolve;
    });
    const closed = new Promise<void>((resolve) => {
      this.#onClosed = resolve;
    });
    this.acceptor = {
      url: start.url,
      addresses: start.addresses,
      open: (onConnection) => {
        this.#onConnection = onConnection;
      },
      settle: () => {
        this.tell({ kind: 'told' });
        return settled;
      },
      close: () => {
        this.tell({ kind: 'quiet' });
        return closed;
      },
    };
    // Between two processes of one build: what arrives has the form that was sent.
    process.on('message', (message, handle) => this.#receive(message as ToWorker, handle));
    // A primary that is gone hands out nothing and asks nothing any more.
    process.once('disconnect', () => {
      this.#onSettled();
      this.#onClosed();
      this.store.close();
    });
  }

  readonly audit = (entry: AuditEntry): void => this.tell({ kind: 'audit', entry });

  readonly usage = (reports: readonly UsageReport[]): void => this.tell({ kind: 'usage', reports });

  readonly workers = (): WorkerCount => this.#workers;

  async open(side: WorkerSide): Promise<void> {
    this.#side = side;
    if (this.#start.supergraph !== null) await side.serve(this.#start.supergraph);
    this.tell({ kind: 'online', routes: side.routes.map(plainRoute) });
  }

  tell(message: FromWorker, sent: () => void = () => {}): void {
    if (process.connected) process.send?.(message, undefined, {}, sent);
    else sent();
  }

  #receive(message: ToWorker, handle: unknown): void {
    switch (message.kind) {
      case 'connection':
        // First of all: from here on nobody else may have it.
        this.tell({ kind: 'taken' });
        // A client that has gone already leaves no socket.
        if (!(handle instanceof Socket)) return;
        if (message.source !== null) nameSource(handle, message.source);
        this.#onConnection(handle);
        return;
      case 'question':
        inBackground('question of the primary', this.#answer(message));
        return;
      case 'store answered':
      case 'store published':
        this.store.receive(message);
        return;
      case 'workers':
        this.#workers = message.workers;
        return;
      case 'drain':
        this.#onDrain(message.signal);
        return;
      case 'settled':
        this.#onSettled();
        return;
      case 'closed':
        this.#onClosed();
        return;
      case 'start':
        return;
    }
  }

  async #answer(question: Question): Promise<void> {
    const { id } = question;
    try {
      this.tell({ kind: 'answer', id, answers: await this.#answerTo(question) });
    } catch (error) {
      this.tell({ kind: 'refusal', id, error: plainError(error) });
    }
  }

  async #answerTo({ name, asks }: Question): Promise<Questions[keyof Questions]['answers']> {
    const side = this.#side;
    if (side === null) throw new Error('asked before it was online');
    switch (name) {
      case 'prepare': {
        const { supergraph, config } = asks as Questions['prepare']['asks']; // as: the name says which question it is
        this.#prepared = await side.prepare({ supergraph, loaded: config === null ? null : loadedFrom(config) });
        return null;
      }
      case 'commit':
      case 'abandon':
        this.#prepared?.[name]();
        this.#prepared = null;
        return null;
      case 'recordPools':
        return side.recordPools();
      case 'reportUsage':
        await side.reportUsage();
        return null;
      case 'ping':
        return null;
      case 'operate':
        return await answerOperator(side.routes, asks as Questions['operate']['asks']); // as before
    }
  }
}

/** What can be sent of it. */
function plainRoute({ method, path, action, onlyChanges }: Route): OperatorRoute {
  return { method, path, ...(action !== undefined && { action }), ...(onlyChanges !== undefined && { onlyChanges }) };
}

/** The primary watches the files. */
export function loadedFrom(source: StartMessage['config']): LoadedConfig {
  return { config: remakeConfig(source), path: null, files: [], source };
}
