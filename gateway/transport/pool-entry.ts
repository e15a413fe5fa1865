import { announce } from '../events';
import type { Leases } from '../pool/discovery/discovery';
import { Membership, type PreparedMembership } from '../pool/discovery/membership';
import { createPool } from '../pool/instance-pool';
import type { PoolOptions } from '../pool/options';
import type { Pool, PoolView, PreparedUpdate } from '../pool/pool';
import { type PoolRecord, recordOf, restoreInto } from './pool-record';

/** A change of one pool. Either of commit and abandon is called, once. */
interface PreparedEntry {
  commit(): void;
  abandon(): void;
}

/** A pool, what finds its instances, and how many versions hold it. */
export class PoolEntry {
  readonly pool: Pool;
  readonly membership: Membership;
  /** Whether the version in service names it. */
  inUse = false;
  #options: PoolOptions;
  #holders = 0;
  #closed: Promise<unknown> | null = null;

  /** @param record what the process before this one knew */
  constructor(options: PoolOptions, leases: Leases, record: PoolRecord | undefined) {
    this.#options = options;
    this.membership = new Membership(options, {
      leases,
      remembered: record?.endpoints ?? [],
      instance: (url) => this.pool.instance(url),
      changed: (next) => this.pool.update(next),
    });
    this.pool = createPool(this.membership.options);
    if (record !== undefined) restoreInto(this.pool, record);
  }

  get discovery(): string {
    return this.#options.discovery?.source.kind ?? 'the configuration';
  }

  get view(): PoolView {
    const { pool, membership } = this;
    return {
      name: pool.name,
      policy: this.#options.policy,
      instances: pool.instances(),
      discovery: membership.view,
    };
  }

  get record(): PoolRecord {
    return recordOf(this.pool, this.membership.found);
  }

  hold(): void {
    this.#holders += 1;
  }

  /** @returns whether nobody holds it any more */
  release(): boolean {
    this.#holders -= 1;
    return this.#holders === 0;
  }

  /** @throws {Error} what an instance or its connections cannot be made with; nothing has changed then */
  prepare(options: PoolOptions): PreparedEntry {
    const membership = this.membership.prepare(options);
    const update = this.#prepareUpdate(membership);
    return {
      commit: () => {
        this.#options = options;
        update.commit(membership.commit());
      },
      abandon: () => {
        membership.abandon();
        update.abandon();
      },
    };
  }

  #prepareUpdate(membership: PreparedMembership): PreparedUpdate {
    try {
      return this.pool.prepare(membership.options);
    } catch (error) {
      membership.abandon();
      throw error;
    }
  }

  /** As {@link Pool.close}; never rejects. */
  async close(graceMs: number): Promise<void> {
    const closed = this.pool.close(graceMs);
    this.#closed ??= Promise.all([this.membership.close(), closed]).catch((error: unknown) =>
      announce('internal.error', { where: `closing pool ${this.pool.name}`, error }),
    );
    await this.#closed;
  }
}
