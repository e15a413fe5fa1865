/** Figures of a pool that the metrics show; the pool room's view has all of it. */
export interface PoolNumbers {
  readonly name: string;
  readonly instances: readonly InstanceNumbers[];
  /** Null or absent: the instances are listed in the configuration. */
  readonly discovery?: DiscoveryNumbers | null;
}

export interface DiscoveryNumbers {
  readonly source: string;
  readonly endpoints: number;
  /** Since the last answer; null before the first. */
  readonly ageMs: number | null;
}

export interface InstanceNumbers {
  /** `host:port`. */
  readonly id: string;
  readonly state: string;
  readonly weight: number;
  readonly inFlight: number;
  /** The weight after slow start and the slow loop; `weight` when absent. */
  readonly effectiveWeight?: number;
  /** Null before the first answer. */
  readonly ewmaMs?: number | null;
  /** As the instance reports it, 1 is all of it. */
  readonly utilization?: number | null;
}

/** Prometheus calls the gateway that it asks `instance`, and others take `endpoint`. */
export const INSTANCE_LABEL = 'pool_instance';
/** Instances with series of their own; those beyond are counted together. */
const INSTANCES_MAX = 1_000;
/** Stands for all instances beyond the limit. */
export const OTHERS = 'other';

/** Instances that have series of their own: the first ones met, as long as they exist. */
export class KnownInstances {
  /** By pool. */
  #known = new Map<string, Set<string>>();
  #count = 0;

  /** @returns the instance, or {@link OTHERS} */
  label(pool: string, instance: string): string {
    let known = this.#known.get(pool);
    if (known?.has(instance)) return instance;
    if (this.#count >= INSTANCES_MAX) return OTHERS;
    if (known === undefined) {
      known = new Set();
      this.#known.set(pool, known);
    }
    known.add(instance);
    this.#count += 1;
    return instance;
  }

  has(pool: string, instance: string): boolean {
    return instance === OTHERS || this.#known.get(pool)?.has(instance) === true;
  }

  /** Forgets the instances that are in no pool any more. */
  keep(pools: readonly PoolNumbers[]): void {
    const before = this.#known;
    this.#known = new Map();
    this.#count = 0;
    // Those that had series of their own keep them.
    for (const wasKnown of [true, false]) {
      for (const { name, instances } of pools)
        for (const { id } of instances) if (!wasKnown || before.get(name)?.has(id)) this.label(name, id);
    }
  }
}
