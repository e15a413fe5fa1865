import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { Leases } from '../pool/discovery/discovery';
import { Membership } from '../pool/discovery/membership';
import { createPool } from '../pool/instance-pool';
import type { PoolOptions } from '../pool/options';
import type { Pool, PoolView } from '../pool/pool';
import { type PoolRecord, recordOf, restoreInto } from './pool-record';

/**
 * How long a pool that nobody names any more stays open: queries that began under the old supergraph or configuration
 * may still have fetches to make.
 */
const RETIRE_MS = 60_000;

/** Every pool by name. They live on across supergraph swaps and configuration reloads, and keep what they learned. */
export interface Pools {
  /** Creates and updates the pools named, and retires all others. */
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
    if (this.#closed) return;
    const named = new Set<string>();
    for (const pool of options) {
      named.add(pool.name);
      this.#put(pool);
    }
    for (const [name, entry] of this.#entries) if (!named.has(name)) this.#retire(name, entry);
  }

  get(name: string): Pool {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new HeadgateError('INTERNAL', `there is no pool named ${name}`);
    return entry.pool;
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

  async settled(ms: number): Promise<void> {
    const entries = [...this.#entries.values()];
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([Promise.all(entries.map(({ membership }) => membership.settled())), late]);
    clearTimeout(timer);
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

  #put(options: PoolOptions): void {
    const entry = this.#entries.get(options.name);
    if (entry === undefined) {
      this.#entries.set(options.name, this.#open(options));
      return;
    }
    clearTimeout(entry.retiring);
    entry.retiring = undefined;
    entry.options = options;
    entry.pool.update(entry.membership.update(options));
  }

  #open(options: PoolOptions): Entry {
    const record = this.#records.get(options.name);
    this.#records.delete(options.name);
    const membership: Membership = new Membership(options, {
      leases: this.#leases,
      remembered: record?.endpoints ?? [],
      instance: (url) => pool.instance(url),
      changed: (next) => pool.update(next),
    });
    const pool = createPool(membership.options);
    if (record !== undefined) restoreInto(pool, record);
    membership.follow();
    return { pool, membership, options, retiring: undefined };
  }

  #retire(name: string, entry: Entry): void {
    entry.retiring ??= setTimeout(() => {
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
