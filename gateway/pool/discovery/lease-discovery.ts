import type { Discovery, LeasedInstance, Leases, Snapshot } from './discovery';
import { versionOf } from './endpoint';
import { Newest } from './newest';

/** The instances that registered themselves for a pool. */
export function openLeaseDiscovery(pool: string, leases: Leases): Discovery {
  const told = new Newest<readonly LeasedInstance[]>();
  const unfollow = leases.follow(pool, (instances) => told.put(instances));
  return {
    async *[Symbol.asyncIterator]() {
      // Many may register at once: only what is read is made into a snapshot.
      for await (const instances of told) yield snapshotOf(instances);
    },
    async close() {
      unfollow();
      told.end();
    },
  };
}

function snapshotOf(instances: readonly LeasedInstance[]): Snapshot {
  const endpoints = instances.map((leased) => ({ ...leased, tier: 'primary' as const }));
  return { version: versionOf(endpoints), endpoints, complete: true };
}
