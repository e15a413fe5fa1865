import { inBackground } from '../background';
import { HeadgateError } from '../errors';
import type { Leases } from '../pool/discovery/discovery';
import type { PoolOptions } from '../pool/options';
import type { Pool, PoolView } from '../pool/pool';
import { PoolEntry } from './pool-entry';
import type { PoolRecord } from './pool-record';

/**
 * How long a pool that nobody holds any more waits for what runs on unseen, such as mutations of clients that have gone. Each
 * of them ends earlier, by its own deadline.
 */
const UNSEEN_MS_MAX = 600_000;

/**
 * Every pool by name. They live on across supergraph swaps and configuration reloads, and keep what they learned. A pool is
 * open as long as a version holds it, whether that version is in service or still used by calls.
 */
export interface Pools {
  /**
   * Makes the pools that are new and what the others need to change; those in use stay as they are until `commit`.
   * One preparation at a time.
   * @throws {Error} what a pool cannot be made with; nothing is left of the preparation then
   */
  prepare(options: Iterable<PoolOptions>): PreparedPools;
  /** Prepares and commits, and releases what was synced before. */
  sync(options: Iterable<PoolOptions>): void;
  /** @throws {HeadgateError} INTERNAL: no pool has this name */
  get(name: string): Pool;
  /** Pools in use, without those that only versions before hold. */
  views(): readonly PoolView[];
  /** Resolves when every pool has an instance or its discovery has answered or failed, at the latest after `ms`. */
  settled(ms: number): Promise<void>;
  /** What a next process needs to know of the pools in use before anybody answers it. */
  records(): readonly PoolRecord[];
  /** What the process before this one knew; pools are made with it. */
  remember(records: readonly PoolRecord[]): void;
  /** How the instances of a pool are found; null when no pool in use has this name. */
  discoveryOf(name: string): string | null;
  /** Whether nothing refutes that an instance is well; false for one that the pool does not have. */
  isWell(name: string, url: string): boolean;
  /** Closes every pool; see {@link Pool.close}. */
  close(graceMs: number): Promise<void>;
}

/** Pools as they will be, held from the start. Either of commit and abandon is called, once. */
export interface PreparedPools {
  /** A pool of those named, new ones included. @throws {HeadgateError} INTERNAL: none of them has this name */
  get(name: string): Pool;
  /** As {@link Pools.settled}, of those named. */
  settled(ms: number): Promise<void>;
  /** Makes them, and no others, the pools in use. Cannot fail. */
  commit(): void;
  /** Closes what was made. */
  abandon(): void;
  /** To be called after the commit, when nobody uses them by this version any more: those that no other one holds are closed. */
  release(): void;
}

const NO_LEASES: Leases = { follow: () => () => undefined };

/** @param leases who registered; without it nobody does */
export function createPools(leases: Leases = NO_LEASES): Pools {
  return new PoolRegistry(leases);
}

/** One pool that a preparation names. */
interface Prepared extends ReturnType<PoolEntry['prepare']> {
  readonly entry: PoolEntry;
}

class PoolRegistry implements Pools {
  readonly #entries = new Map<string, PoolEntry>();
  readonly #closing = new Set<PoolEntry>();
  readonly #leases: Leases;
  /** Of pools that were not made yet. */
  readonly #records = new Map<string, PoolRecord>();
  #synced: PreparedPools | null = null;
  #closed = false;

  constructor(leases: Leases) {
    this.#leases = leases;
  }

  sync(options: Iterable<PoolOptions>): void {
    const before = this.#synced;
    this.#synced = this.prepare(options);
    this.#synced.commit();
    before?.release();
  }

  prepare(options: Iterable<PoolOptions>): PreparedPools {
    const named = new Map<string, Prepared>();
    let held = true;
    const release = () => {
      if (held) for (const { entry } of named.values()) this.#release(entry);
      held = false;
    };
    const abandon = () => {
      for (const prepared of named.values()) prepared.abandon();
      release();
    };
    try {
      for (const one of options) named.set(one.name, this.#prepare(one));
    } catch (error) {
      abandon();
      throw error;
    }
    return {
      get: (name) => poolIn(named, name),
      settled: (ms) =>
        settledIn(
          ms,
          [...named.values()].map(({ entry }) => entry),
        ),
      commit: () => (this.#closed ? abandon() : this.#commit(named)),
      abandon,
      release,
    };
  }

  get(name: string): Pool {
    return poolIn(this.#entries, name);
  }

  views(): readonly PoolView[] {
    return this.#inUse.map(({ view }) => view);
  }

  settled(ms: number): Promise<void> {
    return settledIn(ms, [...this.#entries.values()]);
  }

  remember(records: readonly PoolRecord[]): void {
    for (const record of records) this.#records.set(record.pool, record);
  }

  discoveryOf(name: string): string | null {
    const entry = this.#entries.get(name);
    return entry?.inUse === true ? entry.discovery : null;
  }

  isWell(name: string, url: string): boolean {
    return this.#entries.get(name)?.membership.isWell(url) ?? false;
  }

  records(): readonly PoolRecord[] {
    // Of pools that this process has not come to yet, what is known is kept.
    return [...this.#inUse.map(({ record }) => record), ...this.#records.values()];
  }

  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    for (const entry of this.#entries.values()) this.#closing.add(entry);
    this.#entries.clear();
    await Promise.all(Array.from(this.#closing, (entry) => entry.close(graceMs)));
  }

  get #inUse(): readonly PoolEntry[] {
    return [...this.#entries.values()].filter(({ inUse }) => inUse);
  }

  #prepare(options: PoolOptions): Prepared {
    const known = this.#entries.get(options.name);
    const entry = known ?? new PoolEntry(options, this.#leases, this.#records.get(options.name));
    entry.hold();
    try {
      if (known === undefined) entry.membership.follow();
      return { entry, ...entry.prepare(options) };
    } catch (error) {
      this.#release(entry);
      throw error;
    }
  }

  /** Nothing in here may fail, and nothing may be awaited. */
  #commit(named: ReadonlyMap<string, Prepared>): void {
    for (const entry of this.#entries.values()) entry.inUse = false;
    for (const [name, { entry, commit }] of named) {
      commit();
      entry.inUse = true;
      this.#entries.set(name, entry);
      this.#records.delete(name);
    }
  }

  #release(entry: PoolEntry): void {
    if (!entry.release()) return;
    const { name } = entry.pool;
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
    this.#closing.add(entry);
    inBackground(
      `closing pool ${name}`,
      entry.close(UNSEEN_MS_MAX).then(() => this.#closing.delete(entry)),
    );
  }
}

function poolIn(entries: ReadonlyMap<string, { readonly entry: PoolEntry } | PoolEntry>, name: string): Pool {
  const found = entries.get(name);
  if (found === undefined) throw new HeadgateError('INTERNAL', `there is no pool named ${name}`);
  return 'entry' in found ? found.entry.pool : found.pool;
}

/** Resolves when every pool has an instance or its discovery has answered or failed, at the latest after `ms`. */
async function settledIn(ms: number, entries: readonly PoolEntry[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all(entries.map(({ membership }) => membership.settled())), late]);
  clearTimeout(timer);
}
