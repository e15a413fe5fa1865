import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { Leases } from '../pool/discovery/discovery';
import { Membership, type PreparedMembership } from '../pool/discovery/membership';
import { createPool } from '../pool/instance-pool';
import type { PoolOptions } from '../pool/options';
import type { Pool, PoolView, PreparedUpdate } from '../pool/pool';
import { type PoolRecord, recordOf, restoreInto } from './pool-record';

/**
 * How long a pool that nobody names any more stays open: queries that began under the old supergraph or configuration
 * may still have fetches to make.
 */
const RETIRE_MS = 60_000;

/** Every pool by name. They live on across supergraph swaps and configuration reloads, and keep what they learned. */
export interface Pools {
  /**
   * Makes the pools that are new and what the others need to change; those in use stay as they are until `commit`.
   * One preparation at a time.
   * @throws {Error} what a pool cannot be made with; nothing is left of the preparation then
   */
  prepare(options: Iterable<PoolOptions>): PreparedPools;
  /** Prepares and commits: creates and updates the pools named, and retires all others. */
  sync(options: Iterable<PoolOptions>): void;
  /** @throws {HeadgateError} INTERNAL: no pool has this name */
  get(name: string): Pool;
  /** Pools in use, those that retire left out. */
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

/** Pools as they will be. Either of commit and abandon is called, once. */
export interface PreparedPools {
  /** A pool of those named, new ones included. @throws {HeadgateError} INTERNAL: none of them has this name */
  get(name: string): Pool;
  /** As {@link Pools.settled}, of those named. */
  settled(ms: number): Promise<void>;
  /** Makes them the pools in use and retires all others. Cannot fail. */
  commit(): void;
  /** Closes what was made. */
  abandon(): void;
}

const NO_LEASES: Leases = { follow: () => () => undefined };

/** @param leases who registered; without it nobody does */
export function createPools(leases: Leases = NO_LEASES): Pools {
  return new PoolRegistry(leases);
}

interface Entry {
  readonly pool: Pool;
  readonly membership: Membership;
  options: PoolOptions;
  retiring: NodeJS.Timeout | undefined;
  /** A preparation wants it: it is not closed meanwhile. */
  wanted: boolean;
}

/** One pool that a preparation names. */
interface Prepared {
  readonly entry: Entry;
  readonly options: PoolOptions;
  readonly membership: PreparedMembership;
  /** Null for a pool that is new. */
  readonly update: PreparedUpdate | null;
}

class PoolRegistry implements Pools {
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new Set<Promise<void>>();
  readonly #leases: Leases;
  /** Of pools that were not made yet. */
  readonly #records = new Map<string, PoolRecord>();
  #closed = false;

  constructor(leases: Leases) {
    this.#leases = leases;
  }

  sync(options: Iterable<PoolOptions>): void {
    this.prepare(options).commit();
  }

  prepare(options: Iterable<PoolOptions>): PreparedPools {
    const named = new Map<string, Prepared>();
    const abandon = () => {
      for (const prepared of named.values()) this.#abandon(prepared);
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
        atTheLatest(
          ms,
          Array.from(named.values(), ({ membership }) => membership.settled()),
        ),
      commit: () => this.#commit(named),
      abandon,
    };
  }

  get(name: string): Pool {
    return poolIn(this.#entries, name);
  }

  views(): readonly PoolView[] {
    const inUse = [...this.#entries.values()].filter((entry) => entry.retiring === undefined);
    return inUse.map(({ pool, options, membership }) => ({
      name: pool.name,
      policy: options.policy,
      instances: pool.instances(),
      discovery: membership.view,
    }));
  }

  settled(ms: number): Promise<void> {
    return atTheLatest(
      ms,
      Array.from(this.#entries.values(), ({ membership }) => membership.settled()),
    );
  }

  remember(records: readonly PoolRecord[]): void {
    for (const record of records) this.#records.set(record.pool, record);
  }

  discoveryOf(name: string): string | null {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.retiring !== undefined) return null;
    return entry.options.discovery?.source.kind ?? 'the configuration';
  }

  isWell(name: string, url: string): boolean {
    return this.#entries.get(name)?.membership.isWell(url) ?? false;
  }

  records(): readonly PoolRecord[] {
    const inUse = [...this.#entries.values()].filter((entry) => entry.retiring === undefined);
    // Of pools that this process has not come to yet, what is known is kept.
    return [...inUse.map(({ pool, membership }) => recordOf(pool, membership.found)), ...this.#records.values()];
  }

  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    for (const entry of this.#entries.values()) this.#close(entry, graceMs);
    this.#entries.clear();
    await Promise.all(this.#closing);
  }

  #prepare(options: PoolOptions): Prepared {
    const known = this.#entries.get(options.name);
    const entry = known ?? this.#open(options);
    const membership = entry.membership.prepare(options);
    try {
      const update = known === undefined ? null : known.pool.prepare(membership.options);
      entry.wanted = true;
      return { entry, options, membership, update };
    } catch (error) {
      membership.abandon();
      throw error;
    }
  }

  /** Nothing in here may fail, and nothing may be awaited. */
  #commit(named: ReadonlyMap<string, Prepared>): void {
    if (this.#closed) {
      for (const prepared of named.values()) this.#abandon(prepared);
      return;
    }
    for (const [name, { entry, options, membership, update }] of named) {
      clearTimeout(entry.retiring);
      entry.retiring = undefined;
      entry.wanted = false;
      entry.options = options;
      const newest = membership.commit();
      update?.commit(newest);
      this.#entries.set(name, entry);
      this.#records.delete(name);
    }
    for (const [name, entry] of this.#entries) if (!named.has(name)) this.#retire(name, entry);
  }

  #abandon({ entry, membership, update }: Prepared): void {
    entry.wanted = false;
    membership.abandon();
    update?.abandon();
    if (update === null) this.#close(entry, 0);
  }

  #open(options: PoolOptions): Entry {
    const record = this.#records.get(options.name);
    const membership: Membership = new Membership(options, {
      leases: this.#leases,
      remembered: record?.endpoints ?? [],
      instance: (url) => pool.instance(url),
      changed: (next) => pool.update(next),
    });
    const pool = createPool(membership.options);
    if (record !== undefined) restoreInto(pool, record);
    membership.follow();
    return { pool, membership, options, retiring: undefined, wanted: false };
  }

  #retire(name: string, entry: Entry): void {
    entry.retiring ??= setTimeout(() => {
      if (entry.wanted) {
        entry.retiring?.refresh();
        return;
      }
      this.#entries.delete(name);
      this.#close(entry, RETIRE_MS);
    }, RETIRE_MS).unref();
  }

  #close(entry: Entry, graceMs: number): void {
    clearTimeout(entry.retiring);
    const closing = Promise.all([entry.membership.close(), entry.pool.close(graceMs)]);
    const done = () => {
      this.#closing.delete(closed);
    };
    const closed: Promise<void> = closing.then(done, (error: unknown) => {
      done();
      announce('internal.error', { where: `closing pool ${entry.pool.name}`, error });
    });
    this.#closing.add(closed);
  }
}

function poolIn(entries: ReadonlyMap<string, { readonly entry: Entry } | Entry>, name: string): Pool {
  const found = entries.get(name);
  if (found === undefined) throw new HeadgateError('INTERNAL', `there is no pool named ${name}`);
  return 'entry' in found ? found.entry.pool : found.pool;
}

async function atTheLatest(ms: number, settled: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all(settled), late]);
  clearTimeout(timer);
}
