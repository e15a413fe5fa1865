import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DnsServer, startDnsServer } from '../../../fixtures/dns-server';
import type { Children } from '../../children';
import { Arrivals, pause } from '../arrivals';
import { Instance } from '../instance';
import { describeFailures, failed } from '../samples';
import { SDL, serveHeadgate } from '../targets/headgate';
import type { Outcome, Row, RowBench } from './row';
import { short } from './row';

const NAME = 'ping.internal';
const TTL_S = 1;
const OUTAGE_MS = 4_000;
const FOLLOW_MS_MAX = TTL_S * 1_000 + 300;
const LEASE_MS = 2_000;
const LEASES_GONE_MS = 6_000;
const RESTART_MS_MAX = 1_000;
const SETTLE_MS = 1_500;

interface Site {
  readonly children: Children;
  readonly folder: string;
}

interface DnsSite {
  readonly dns: DnsServer;
  readonly one: Instance;
  readonly serve: () => ReturnType<typeof serveHeadgate>;
}

/** A `headgate serve` that ends with the trial. */
async function serveIn(folder: string, { children }: Site, bench: RowBench): ReturnType<typeof serveHeadgate> {
  const headgate = await serveHeadgate(children, folder);
  bench.atEnd(() => headgate.stop());
  return headgate;
}

/** An instance that ends with the trial. */
async function startInstance({ children }: Site, bench: RowBench, host?: string, port?: number): Promise<Instance> {
  const instance = new Instance(children, host, port);
  bench.atEnd(() => instance.kill());
  await instance.start();
  return instance;
}

async function withDns(site: Site, bench: RowBench): Promise<DnsSite> {
  const dns = await startDnsServer();
  bench.atEnd(() => dns.close());
  const one = await startInstance(site, bench);
  dns.set('A', NAME, { addresses: ['127.0.0.1'], ttl: TTL_S });
  const own = mkdtempSync(join(site.folder, 'dns-'));
  writeFileSync(join(own, 'ping.graphql'), SDL);
  writeFileSync(
    join(own, 'headgate.yaml'),
    `server: { listen: "127.0.0.1:0" }
subgraphs:
  ping: { schema: { file: ./ping.graphql }, discovery: { dns: "${NAME}:${one.port}" } }
discovery: { dns: { servers: [ "${dns.address}" ], timeout: 200ms } }
`,
  );
  return { dns, one, serve: () => serveIn(own, site, bench) };
}

function dnsRows(site: Site): readonly Row[] {
  const changes: Row = {
    id: 'LB-23',
    fault: 'DNS changes under load',
    goal: 'new address within TTL + 0.3 s, none lost',
    compared: false,
    async run(bench) {
      const { dns, one, serve } = await withDns(site, bench);
      const two = await startInstance(site, bench, '127.0.0.2', one.port);
      const headgate = await serve();
      const arrivals = new Arrivals(headgate.url, { perSecond: 200 });
      await pause(SETTLE_MS);
      dns.set('A', NAME, { addresses: ['127.0.0.2'], ttl: TTL_S });
      const changedMs = performance.now();
      let followedMs = Number.POSITIVE_INFINITY;
      while (performance.now() - changedMs < 3 * FOLLOW_MS_MAX && followedMs === Number.POSITIVE_INFINITY) {
        await pause(10);
        if ((await two.count()).requests > 0) followedMs = performance.now() - changedMs;
      }
      await pause(500);
      await one.count();
      await pause(500);
      const stray = (await one.count()).requests;
      const samples = await arrivals.stop();
      return {
        holds: followedMs <= FOLLOW_MS_MAX && failed(samples) === 0 && stray === 0,
        text: `after ${short(followedMs)} ms, ${failed(samples)} of ${samples.length} failed, ${stray} stray`,
        figures: { followedMs, failed: failed(samples), stray },
      };
    },
  };
  const dies: Row = {
    id: 'LB-24',
    fault: 'DNS dies under load',
    goal: 'last good kept, none lost',
    compared: false,
    async run(bench) {
      const { dns, serve } = await withDns(site, bench);
      const headgate = await serve();
      const arrivals = new Arrivals(headgate.url, { perSecond: 200 });
      await pause(SETTLE_MS);
      dns.set('A', NAME, 'silent');
      await pause(OUTAGE_MS / 2);
      dns.set('A', NAME, 'servfail');
      await pause(OUTAGE_MS / 2);
      return lostNone(await arrivals.stop());
    },
  };
  return [changes, dies];
}

function lostNone(samples: Parameters<typeof failed>[0]): Outcome {
  return {
    holds: failed(samples) === 0,
    text: `${failed(samples)} of ${samples.length} failed ${describeFailures(samples)}`.trim(),
    figures: { failed: failed(samples), asked: samples.length },
  };
}

async function put(url: string, body: string): Promise<void> {
  const { status } = await fetch(url, { method: 'PUT', body });
  if (status >= 300) throw new Error(`PUT ${url} was answered with ${status}`);
}

function leasesRow(site: Site): Row {
  return {
    id: 'LB-31',
    fault: 'all leases vanish at once (registry)',
    goal: 'last good kept, none lost',
    compared: false,
    async run(bench) {
      const instances = await Promise.all([0, 1, 2].map(() => startInstance(site, bench)));
      const own = mkdtempSync(join(site.folder, 'leases-'));
      writeFileSync(
        join(own, 'headgate.yaml'),
        'server: { listen: "127.0.0.1:0" }\nsupergraph: { source: registry }\n',
      );
      const headgate = await serveIn(own, site, bench);
      const subgraph = `${headgate.admin}/registry/graphs/default/subgraphs/ping`;
      await put(`${subgraph}?url=${instances[0]?.url}`, SDL);
      for (const [at, { url }] of instances.entries())
        await put(`${subgraph}/instances/i${at}`, JSON.stringify({ url, ttl: `${LEASE_MS}ms` }));
      const arrivals = new Arrivals(headgate.url, { perSecond: 200 });
      await pause(LEASES_GONE_MS);
      return lostNone(await arrivals.stop());
    },
  };
}

function restartRow(site: Site): Row {
  return {
    id: 'LB-32',
    fault: 'gateway killed (-9) with DNS down',
    goal: 'serves in under 1 s',
    compared: false,
    async run(bench) {
      const { dns, serve } = await withDns(site, bench);
      const first = await serve();
      const arrivals = new Arrivals(first.url, { perSecond: 100 });
      await pause(2 * SETTLE_MS);
      await arrivals.stop();
      first.kill();
      dns.set('A', NAME, 'silent');
      const startedMs = performance.now();
      const second = await serve();
      const one = new Arrivals(second.url, { perSecond: 1 });
      await pause(1);
      const samples = await one.stop();
      const servesMs = (samples[0]?.dueMs ?? Number.NaN) + (samples[0]?.latencyMs ?? 0) - startedMs;
      return {
        holds: failed(samples) === 0 && servesMs < RESTART_MS_MAX,
        text: `${short(servesMs)} ms from the start of the process ${describeFailures(samples)}`.trim(),
        figures: { servesMs, failed: failed(samples) },
      };
    },
  };
}

/** Rows with a configuration of their own. */
export function discoveryRows(site: Site): readonly Row[] {
  return [...dnsRows(site), leasesRow(site), restartRow(site)];
}
