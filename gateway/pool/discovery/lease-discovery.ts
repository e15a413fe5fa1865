import type { Discovery, Leases, Snapshot } from './discovery';
import { versionOf } from './endpoint';
import { Newest } from './newest';

/** The instances that registered themselves for a pool. */
export function openLeaseDiscovery(pool: string, leases: Leases): Discovery {
  const snapshots = new Newest<Snapshot>();
  const unfollow = leases.follow(pool, (instances) => {
    const endpoints = instances.map(({ url, weight, zone }) => ({ url, weight, zone, tier: 'primary' as const }));
    snapshots.put({ version: versionOf(endpoints), endpoints, complete: true });
  });
  return {
    [Symbol.asyncIterator]: () => snapshots[Symbol.asyncIterator](),
    async close() {
      unfollow();
      snapshots.end();
    },
  };
}
