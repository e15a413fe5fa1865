import type { promises as dns, SrvRecord } from 'node:dns';
import type { InstanceOptions } from '../options';
import { type Addresses, addressesOf, openResolver, orNone } from './addresses';
import { distinct } from './belief';
import type { Discovery, Report } from './discovery';
import { endpointAt, versionOf } from './endpoint';
import type { SrvOptions } from './options';
import { type Polled, pollingDiscovery } from './polling';

/** Node does not tell the TTL of SRV records: they are asked for at least this often. */
const SRV_MS_MAX = 10_000;
const EMPTY_MS = 5000;
const TARGETS_MAX = 1000;

/** The targets of SRV records with their ports and weights; those of the lowest priority number are primary. */
export function openSrvDiscovery(options: SrvOptions, report: Report): Discovery {
  return pollingDiscovery((signal) => ask(options, signal), report);
}

async function ask(options: SrvOptions, signal: AbortSignal): Promise<Polled> {
  const resolver = openResolver(options.resolver);
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel);
  try {
    return await resolveTargets(resolver, options);
  } finally {
    signal.removeEventListener('abort', cancel);
    resolver.cancel();
  }
}

async function resolveTargets(resolver: dns.Resolver, options: SrvOptions): Promise<Polled> {
  const found = await orNone(resolver.resolveSrv(options.name));
  // A single dot says that the service does not exist: RFC 2782.
  const records = found.filter(({ name }) => name !== '' && name !== '.').slice(0, TARGETS_MAX);
  const answers = await Promise.allSettled(records.map(({ name }) => addressesOf(resolver, name, options.resolver)));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined && answers.every((answer) => answer.status === 'rejected')) throw failed.reason;
  const first = Math.min(...records.map(({ priority }) => priority));
  const endpoints = distinct(
    records.flatMap((record, index) => endpointsOf(record, answers[index], record.priority === first, options)),
  );
  const version = versionOf(endpoints);
  return { snapshot: { version, endpoints, complete: failed === undefined }, againInMs: againInMs(answers) };
}

function endpointsOf(
  { name, port, weight }: SrvRecord,
  answer: PromiseSettledResult<Addresses> | undefined,
  primary: boolean,
  options: SrvOptions,
): InstanceOptions[] {
  if (answer?.status !== 'fulfilled') return [];
  const { addresses } = answer.value;
  // A target's weight is that of the target, however many addresses it has. Zero means: hardly ever.
  const share = Math.max(weight, 1) / addresses.length;
  const tier = primary ? 'primary' : 'backup';
  return addresses.map((address) => endpointAt({ address, port, name, weight: share, tier }, options));
}

function againInMs(answers: readonly PromiseSettledResult<Addresses>[]): number {
  const ttls = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.ttlMs] : []));
  return ttls.length === 0 ? EMPTY_MS : Math.min(SRV_MS_MAX, ...ttls);
}
