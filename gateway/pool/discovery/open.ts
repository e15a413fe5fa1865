import type { Discovery, Leases, Report } from './discovery';
import { openDnsDiscovery } from './dns-discovery';
import { openKubernetesDiscovery } from './kubernetes/kubernetes-discovery';
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
    case 'kubernetes':
      return openKubernetesDiscovery(source, report);
    case 'registry':
      return openLeaseDiscovery(pool, leases);
  }
}
