import type { Discovery, Leases, Report } from './discovery';
import { openDnsDiscovery } from './dns-discovery';
import { openLeaseDiscovery } from './lease-discovery';
import type { DiscoveryOptions } from './options';
import { openSrvDiscovery } from './srv-discovery';

/** Starts looking for the instances of a pool. The caller closes what it gets. */
export function openDiscovery(
  pool: string,
  source: DiscoveryOptions['source'],
  leases: Leases,
  report: Report,
): Discovery {
  switch (source.kind) {
    case 'dns':
      return openDnsDiscovery(source, report);
    case 'dns_srv':
      return openSrvDiscovery(source, report);
    case 'kubernetes': {
      // Needs all of undici, which takes 60 ms of CPU to load.
      const kubernetes =
        require('./kubernetes/kubernetes-discovery') as typeof import('./kubernetes/kubernetes-discovery');
      return kubernetes.openKubernetesDiscovery(source, report);
    }
    case 'registry':
      return openLeaseDiscovery(pool, leases);
  }
}
