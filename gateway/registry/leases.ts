import { type AddressOptions, NO_ADDRESSES } from '../addresses';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { type Tags, tagText } from '../tags';
import { expiredLeases, type Lease } from './lease-expiry';
import type { LeaseRecord } from './lease-records';
import { checkLease, type LeaseRequest } from './lease-request';

/** One instance of a pool as whoever follows the pool gets it. */
export interface LeasedInstance {
  readonly url: string;
  readonly weight: number;
  readonly zone: string | null;
  /** Absent: none. */
  readonly tags?: Tags;
}

export interface LeaseParts {
  /** How instances of a pool are found: `registry` when by leases; null when there is no such pool. */
  readonly discoveryOf: (pool: string) => string | null;
  /** Whether the pool's own checks do not refute that the instance is well. */
  readonly isWell: (pool: string, url: string) => boolean;
  /** Where instances may be, over what is denied by itself. */
  readonly addresses?: () => AddressOptions;
  /** Milliseconds, never running backwards. */
  readonly clock?: () => number;
}

type Listener = (instances: readonly LeasedInstance[]) => void;

const SWEEP_MS = 1000;
const LEASES_MAX = 1000;

/**
 * Book of the instances that registered themselves, and for how long. In memory: a heartbeat is no revision, and whoever lives registers again.
 *
 * When more than half of a pool's leases fall silent at once, it is more likely that the heartbeats do not arrive than
 * that the instances died: they are kept, and the pool's own checks decide about each.
 */
export class LeaseBook {
  readonly #parts: LeaseParts;
  readonly #clock: () => number;
  readonly #pools = new Map<string, Map<string, Lease>>();
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Pools whose instances said since the last sweep that they are still there. */
  readonly #renewed = new Set<string>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? (() => performance.now());
    this.#sweeping = setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  /**
   * Registers an instance, or renews it; what is not given stays as it was.
   * @throws {HeadgateError} NOT_FOUND, INVALID_ARGUMENT
   */
  renew(pool: string, id: string, given: Partial<LeaseRequest>, actor: string): { lease: Lease; before: Lease | null } {
    this.#checkPool(pool);
    const leases = this.#pools.get(pool) ?? new Map<string, Lease>();
    const before = leases.get(id);
    if (before === undefined && leases.size >= LEASES_MAX) {
      throw new HeadgateError('INVALID_ARGUMENT', `${pool} has ${leases.size} instances, which is the most it takes`);
    }
    const lease: Lease = {
      id,
      ...checkLease(id, given, before, this.#parts.addresses?.() ?? NO_ADDRESSES),
      renewedMs: this.#clock(),
      kept: false,
    };
    this.#pools.set(pool, leases);
    leases.set(id, lease);
    if (before === undefined) announce('lease.changed', { pool, id, url: lease.url, kind: 'joined', actor });
    else if (before.url !== lease.url) announce('lease.changed', { pool, id, url: lease.url, kind: 'moved', actor });
    if (before === undefined || differs(before, lease)) this.#tell(pool);
    else this.#renewed.add(pool);
    return { lease, before: before ?? null };
  }

  /** Drains the instance. @returns the lease that it had @throws {HeadgateError} NOT_FOUND */
  release(pool: string, id: string, actor: string): Lease {
    const lease = this.#pools.get(pool)?.get(id);
    if (lease === undefined)
      throw new HeadgateError('NOT_FOUND', `${pool} has no instance ${id} that registered itself`);
    this.#forget(pool, lease, 'left', actor);
    this.#tell(pool);
    return lease;
  }

  /** @throws {HeadgateError} NOT_FOUND */
  list(pool: string): readonly Lease[] {
    if (this.#parts.discoveryOf(pool) === null) throw unknownPool(pool);
    return [...(this.#pools.get(pool)?.values() ?? [])];
  }

  /** Milliseconds until the lease has to be renewed; negative when it is kept though it was not. */
  leftMs({ renewedMs, ttlMs }: Lease): number {
    return renewedMs + ttlMs - this.#clock();
  }

  /**
   * Calls back now, at every change, and at most every second when nothing changed (leases were renewed, or there is
   * nobody), until the returned function is called.
   */
  follow(pool: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(pool) ?? new Set();
    this.#listeners.set(pool, listeners.add(listener));
    listener(this.#instances(pool));
    return () => listeners.delete(listener);
  }

  /** Lets go of the leases that ran out. Called every second. */
  sweep(): void {
    const nowMs = this.#clock();
    for (const [pool, leases] of this.#pools) {
      const { gone, kept } = expiredLeases([...leases.values()], nowMs, ({ url }) => this.#parts.isWell(pool, url));
      for (const lease of gone) this.#forget(pool, lease, 'expired', 'registry');
      for (const lease of kept) {
        if (lease.kept) continue;
        leases.set(lease.id, { ...lease, kept: true });
        announce('lease.changed', { pool, id: lease.id, url: lease.url, kind: 'kept', actor: 'registry' });
      }
      if (gone.length > 0 || this.#renewed.has(pool)) this.#tell(pool);
    }
    this.#renewed.clear();
    for (const pool of this.#listeners.keys()) if (!this.#pools.get(pool)?.size) this.#tell(pool);
  }

  records(): readonly LeaseRecord[] {
    return [...this.#pools].flatMap(([pool, leases]) =>
      Array.from(leases.values(), ({ id, ttlMs, ...lease }) => ({ pool, id, ...instanceOf(lease), ttlMs })),
    );
  }

  /** Takes over what a process before this one knew: everybody has one more time to live. */
  restore(records: Iterable<LeaseRecord>): void {
    const renewedMs = this.#clock();
    for (const { pool, ...record } of records) {
      const leases = this.#pools.get(pool) ?? new Map<string, Lease>();
      this.#pools.set(pool, leases.set(record.id, { ...record, renewedMs, kept: false }));
    }
  }

  close(): void {
    clearInterval(this.#sweeping);
    this.#listeners.clear();
  }

  #checkPool(pool: string): void {
    const source = this.#parts.discoveryOf(pool);
    if (source === null) throw unknownPool(pool);
    if (source === 'registry') return;
    throw new HeadgateError(
      'INVALID_ARGUMENT',
      `the instances of ${pool} do not register themselves (they come from: ${source}); set discovery: { registry: true }`,
    );
  }

  #forget(pool: string, lease: Lease, kind: 'left' | 'expired', actor: string): void {
    this.#pools.get(pool)?.delete(lease.id);
    announce('lease.changed', { pool, id: lease.id, url: lease.url, kind, actor });
  }

  #instances(pool: string): readonly LeasedInstance[] {
    const leases = this.#pools.get(pool)?.values() ?? [];
    return Array.from(leases, instanceOf);
  }

  #tell(pool: string): void {
    const instances = this.#instances(pool);
    for (const listener of this.#listeners.get(pool) ?? []) listener(instances);
  }
}

/** Whether more than the time of a lease is another one. */
export function differs(before: Lease, after: Lease): boolean {
  const moved = before.url !== after.url || before.weight !== after.weight || before.zone !== after.zone;
  return moved || tagText(before.tags ?? {}) !== tagText(after.tags ?? {});
}

function instanceOf({ url, weight, zone, tags }: LeasedInstance): LeasedInstance {
  return { url, weight, zone, ...(tags !== undefined && { tags }) };
}

function unknownPool(pool: string): HeadgateError {
  return new HeadgateError('NOT_FOUND', `no subgraph ${pool} is served; publish or configure it first`);
}
