import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../audit/entry';
import { inBackground } from '../background';
import type { ConfigSource } from '../config/load';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { WorkerCount } from '../http/health';
import type { StoreHost } from '../store/store-host';
import type { DeliveredSupergraph } from '../supergraph-provider';
import type { PoolCheckpoint } from '../transport/pool-checkpoint';
import type { UsageReport } from '../usage/counts';
import { commitTogether } from './commit-together';
import type { CrewChange, StartMessage } from './messages';
import { earlyDeaths, respawnDelayMs } from './respawn';
import type { SharedPort } from './shared-port';
import { type WorkerEvents, WorkerGone, WorkerProcess } from './worker-process';

export interface CrewParts {
  readonly wanted: number;
  readonly port: SharedPort;
  readonly address: Pick<StartMessage, 'url' | 'addresses'>;
  readonly config: ConfigSource;
  readonly store: StoreHost;
  /** Takes whole lines of the workers' logs. */
  readonly log: (lines: string) => void;
  /** Takes what the workers have for the audit log. */
  readonly audit?: (entry: AuditEntry) => void;
  /** Takes what clients have asked them for. */
  readonly usage?: (reports: readonly UsageReport[]) => void;
  /** Milliseconds after which a worker that does not answer its primary is killed. */
  readonly unresponsiveMs?: number;
}

const REPORT_MS = 2_000;
const RECORD_MS = 2_000;
const UNRESPONSIVE_MS = 30_000;
/** How often a worker is asked, in shares of the time after which it is given up. */
const PINGS = 5;
/** How long a worker that is through with draining waits for the others. */
const MEET_MS = 1_500;
/** What workers get beyond the drain timeout before they are killed. */
const LEAVE_MS = 5_000;

/** The worker processes: as many as wanted, all with the same supergraph and configuration. */
export class Workers {
  readonly #parts: CrewParts;
  readonly #workers = new Set<WorkerProcess>();
  /** Has loaded its code and waits to take a place. */
  #spare: WorkerProcess | null = null;
  readonly #keeping: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  #config: ConfigSource;
  #supergraph: DeliveredSupergraph | null = null;
  /** Changes, one after another. */
  #changing: Promise<unknown> = Promise.resolve();
  #firstOnline: (() => void)[] = [];
  #firstFailure: (error: Error) => void = () => {};
  readonly #told = new Set<WorkerProcess>();
  readonly #quiet = new Set<WorkerProcess>();
  #met = { told: false, quiet: false };
  #deaths = 0;

  constructor(parts: CrewParts) {
    this.#parts = parts;
    this.#config = parts.config;
  }

  /** Resolves when every worker takes connections. @throws {HeadgateError} why one of them cannot start */
  async start(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.#firstFailure = reject;
    });
    const online = Array.from({ length: this.#parts.wanted }, async (_, index) => {
      const first = new Promise<void>((resolve) => this.#firstOnline.push(resolve));
      this.#keeping.push(this.#keep(index + 1));
      await first;
    });
    try {
      await Promise.race([Promise.all(online), failed]);
    } finally {
      this.#firstFailure = () => {};
    }
    inBackground('watch over workers', this.#watchOver());
  }

  /** Processes that ended without being told to. */
  get deaths(): number {
    return this.#deaths;
  }

  get count(): WorkerCount {
    return { ready: this.serving.length, wanted: this.#parts.wanted };
  }

  /** Those that answer queries, by number. */
  get serving(): readonly WorkerProcess[] {
    return [...this.#workers].filter(({ serving }) => serving).sort((a, b) => a.number - b.number);
  }

  /** Those that take connections, by number. */
  get online(): readonly WorkerProcess[] {
    return [...this.#workers].filter(({ online }) => online).sort((a, b) => a.number - b.number);
  }

  /**
   * Makes every worker serve it; those that start later begin with it.
   * @throws {HeadgateError} what one of the workers refuses it with; they serve what they did
   */
  serve(supergraph: DeliveredSupergraph): Promise<void> {
    return this.takeOver({ supergraph, config: null });
  }

  /**
   * Makes every worker take over the change; those that start later begin with it.
   * @throws {HeadgateError} what one of them refuses it with; all of them go on as before
   */
  takeOver(change: CrewChange): Promise<void> {
    return this.#change(async () => {
      await commitTogether(this.online, change);
      this.#supergraph = change.supergraph ?? this.#supergraph;
      this.#config = change.config ?? this.#config;
      this.#countChanged();
    });
  }

  /** Resolves when all that turn have reported what they have counted. */
  async reportUsage(): Promise<void> {
    const reports = this.online.map((worker) => worker.ask('reportUsage', null, REPORT_MS).catch(() => null));
    await Promise.all(reports);
  }

  /** Lets the workers answer what is in flight and stop listening together; resolves when all of them are gone. */
  async drain(signal: string, drainMs: number): Promise<void> {
    this.#stopping.abort();
    this.#spare?.kill('SIGKILL');
    const kill = setTimeout(() => this.kill('SIGKILL'), drainMs + LEAVE_MS);
    for (const worker of this.#workers) worker.tell({ kind: 'drain', signal });
    await Promise.all(this.#keeping);
    clearTimeout(kill);
  }

  kill(signal: NodeJS.Signals): void {
    this.#stopping.abort();
    this.#spare?.kill('SIGKILL');
    for (const worker of this.#workers) worker.kill(signal);
  }

  #change(change: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(change);
    this.#changing = done.catch(() => {});
    return done;
  }

  /** One place among the workers: a process, and another one whenever it ends. */
  async #keep(number: number): Promise<void> {
    const { signal } = this.#stopping;
    let deaths = 0;
    while (!signal.aborted) {
      const worker = await this.#spawn(number);
      const how = await worker.exited;
      this.#leave(worker, how);
      deaths = earlyDeaths(deaths, performance.now() - worker.startedAt);
      await sleep(respawnDelayMs(deaths), undefined, { signal }).catch(() => undefined);
    }
  }

  async #spawn(number: number): Promise<WorkerProcess> {
    const { address } = this.#parts;
    const pools = await this.#recordPools();
    const start = {
      kind: 'start',
      worker: number,
      config: this.#config,
      ...address,
      workers: this.count,
      supergraph: this.#supergraph,
      pools,
      keepsPools: number === 1,
    } as const;
    const spare = this.#spare;
    this.#spare = null;
    const worker = spare === null || spare.gone ? this.#fork() : spare;
    this.#workers.add(worker);
    worker.begin(start);
    return worker;
  }

  /** Loading code is most of what a start costs; not while that would slow down the start of the others. */
  #keepSpare(): void {
    const whole = this.online.length === this.#parts.wanted;
    if (!whole || this.#stopping.signal.aborted || this.#spare?.gone === false) return;
    this.#spare = this.#fork();
  }

  #fork(): WorkerProcess {
    const { log, store, audit = () => undefined, usage = () => undefined } = this.#parts;
    const welcome = (one: WorkerProcess) => this.#change(() => this.#welcome(one));
    const events: WorkerEvents = {
      online: (one) => inBackground('start of a worker', welcome(one)),
      told: (one) => this.#meet('told', this.#told, one),
      quiet: (one) => this.#meet('quiet', this.#quiet, one),
      log,
      audit,
      usage,
    };
    return new WorkerProcess(events, store);
  }

  /** Kills a worker that does not turn any more: its clients are answered by others, and it makes room for a new one. */
  async #watchOver(): Promise<void> {
    const { unresponsiveMs = UNRESPONSIVE_MS } = this.#parts;
    const { signal } = this.#stopping;
    const options = { signal, ref: false };
    while (await sleep(unresponsiveMs / PINGS, true, options).catch(() => false)) {
      for (const worker of this.online)
        worker.ask('ping', null, unresponsiveMs).catch((error) => {
          if (!(error instanceof WorkerGone)) worker.kill('SIGKILL');
        });
    }
  }

  /** What operators and failures decided about instances, so that a new process does not have to learn it again. */
  async #recordPools(): Promise<PoolCheckpoint | null> {
    const [sibling] = this.serving;
    return (await sibling?.ask('recordPools', null, RECORD_MS).catch(() => null)) ?? null;
  }

  /** Catches up with what changed while the worker started, then lets it take connections. */
  async #welcome(worker: WorkerProcess): Promise<void> {
    try {
      const config = worker.config === this.#config ? null : this.#config;
      const supergraph = worker.supergraph === this.#supergraph ? null : this.#supergraph;
      if (config !== null || supergraph !== null) await commitTogether([worker], { supergraph, config });
    } catch {
      return worker.kill('SIGKILL');
    }
    announce('worker.changed', { worker: worker.number, pid: worker.pid, state: 'online', reason: 'it has started' });
    if (this.#stopping.signal.aborted) worker.tell({ kind: 'drain', signal: 'stop' });
    this.#parts.port.join(worker);
    this.#countChanged();
    this.#firstOnline.shift()?.();
    this.#keepSpare();
  }

  #leave(worker: WorkerProcess, how: string): void {
    this.#workers.delete(worker);
    this.#parts.port.leave(worker);
    this.#countChanged();
    this.#meetAll();
    const reason = worker.failure === null ? how : `${how}, ${worker.failure.message}`;
    const state = this.#stopping.signal.aborted ? 'left' : 'gone';
    announce('worker.changed', { worker: worker.number, pid: worker.pid, state, reason });
    if (state === 'gone') this.#deaths += 1;
    this.#firstFailure(
      worker.failure ?? new HeadgateError('INTERNAL', `worker ${worker.number} ended while it started: ${how}`),
    );
  }

  #countChanged(): void {
    for (const worker of this.#workers) worker.tell({ kind: 'workers', workers: this.count });
  }

  /** A step of draining that everybody takes together, so that nobody listens who still has clients to tell. */
  #meet(step: 'told' | 'quiet', there: Set<WorkerProcess>, worker: WorkerProcess): void {
    if (there.size === 0) setTimeout(() => this.#pass(step), MEET_MS).unref();
    there.add(worker);
    this.#meetAll();
  }

  #meetAll(): void {
    const all = (there: Set<WorkerProcess>) => there.size > 0 && this.online.every((worker) => there.has(worker));
    if (all(this.#told)) this.#pass('told');
    if (all(this.#quiet)) this.#pass('quiet');
  }

  #pass(step: 'told' | 'quiet'): void {
    if (this.#met[step]) return;
    this.#met = { ...this.#met, [step]: true };
    if (step === 'told') {
      for (const worker of this.#workers) worker.tell({ kind: 'settled' });
      return;
    }
    const closed = this.#parts.port.close().then(() => {
      for (const worker of this.#workers) worker.tell({ kind: 'closed' });
    });
    inBackground('server port', closed);
  }
}
