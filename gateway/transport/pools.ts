import { HeadgateError } from '../errors';
import { createPool } from '../pool/instance-pool';
import type { PoolOptions } from '../pool/options';
import type { Pool, PoolView } from '../pool/pool';

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
  /** Closes every pool; see {@link Pool.close}. */
  close(graceMs: number): Promise<void>;
}

export function createPools(): Pools {
  return new PoolRegistry();
}

interface Entry {
  readonly pool: Pool;
  options: PoolOptions;
  retiring: NodeJS.Timeout | undefined;
}

class PoolRegistry implements Pools {
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new Set<Promise<void>>();
  #closed = false;

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
    return inUse.map(({ pool, options }) => ({
      name: pool.name,
      policy: options.policy,
      instances: pool.instances(),
    }));
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
      this.#entries.set(options.name, { pool: createPool(options), options, retiring: undefined });
      return;
    }
    clearTimeout(entry.retiring);
    entry.retiring = undefined;
    entry.options = options;
    entry.pool.update(options);
  }

  #retire(name: string, entry: Entry): void {
    entry.retiring ??= setTimeout(() => {
      this.#entries.delete(name);
      this.#close(entry, RETIRE_MS);
    }, RETIRE_MS).unref();
  }

  #close(entry: Entry, graceMs: number): void {
    clearTimeout(entry.retiring);
    const closed = entry.pool.close(graceMs).finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }
}
