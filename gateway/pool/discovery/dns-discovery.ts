import { addressesOf, openResolver } from './addresses';
import type { Discovery, Report } from './discovery';
import { endpointAt, versionOf } from './endpoint';
import type { DnsOptions } from './options';
import { type Polled, pollingDiscovery } from './polling';

/** The addresses of a name (A, or else AAAA), asked for again when their TTL is over. */
export function openDnsDiscovery(options: DnsOptions, report: Report): Discovery {
  return pollingDiscovery((signal) => ask(options, signal), report);
}

async function ask(options: DnsOptions, signal: AbortSignal): Promise<Polled> {
  const { host, port, resolver: resolverOptions } = options;
  // A new one each time: it reads the system's list of servers when it is made.
  const resolver = openResolver(resolverOptions);
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    const { addresses, ttlMs } = await addressesOf(resolver, host, resolverOptions);
    const endpoints = addresses.map((address) => endpointAt({ address, port, name: host }, options));
    return { snapshot: { version: versionOf(endpoints), endpoints, complete: true }, againInMs: ttlMs };
  } finally {
    signal.removeEventListener('abort', cancel);
    resolver.cancel();
  }
}
