import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DnsServer, startDnsServer } from '../fixtures/dns-server';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { slice, startKubernetesApi, watchEvent } from '../fixtures/kubernetes-api';
import { testCertificate } from '../fixtures/test-certificate';

const NAME = 'echo.internal';
/** A plan comes, however busy the machine is. */
const PLANNING = 'planning: { deadline: 1m }\n';
const GRAPH = '/registry/graphs/default/subgraphs/echo';
let folder: string;
let dns: DnsServer;
let one: EchoSubgraph;
let two: EchoSubgraph;
let running: HeadgateProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hg-discovery-'));
  writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
  dns = await startDnsServer();
  one = await startEchoSubgraph('one');
  two = await startEchoSubgraph('two');
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((headgate) => headgate.stop()));
  await Promise.all([one.kill(), two.kill(), dns.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function serve(config: string): Promise<HeadgateProcess> {
  writeFileSync(join(folder, 'headgate.yaml'), `server: { listen: "127.0.0.1:0" }\n${PLANNING}${config}`);
  const headgate = await startHeadgate(['serve', '--config', join(folder, 'headgate.yaml')], { cwd: folder });
  running.push(headgate);
  return headgate;
}

const echo = async ({ graphql }: HeadgateProcess) => (await ask(graphql, '{ echo }')).body;

const byDns = (timeout = '20s') => `subgraphs:
  echo: { schema: { file: ./echo.graphql }, discovery: { dns: "${NAME}:${one.port}" } }
discovery: { dns: { servers: [ "${dns.address}" ], timeout: ${timeout} } }
`;

/** Resolves once the file is there. */
async function written(path: string): Promise<void> {
  while (!existsSync(path)) await pause(20);
}

describe('headgate serve with discovery', () => {
  it('finds instances by DNS, from the first query on', async () => {
    dns.set('A', NAME, { addresses: ['127.0.0.1'], ttl: 1 });
    const headgate = await serve(byDns());
    expect(await echo(headgate)).toEqual({ data: { echo: 'one' } });
    expect(one.received.find(({ body }) => body.includes('echo'))?.headers.host).toBe(`${NAME}:${one.port}`);
  });

  // LB-32
  it('answers after kill -9 though DNS is down', async () => {
    dns.set('A', NAME, { addresses: ['127.0.0.1'], ttl: 60 });
    const first = await serve(byDns());
    await echo(first);
    await written(join(folder, '.headgate', 'endpoints'));
    first.child.kill('SIGKILL');
    expect(await first.exited).toBeNull();
    dns.set('A', NAME, 'silent');
    expect(await echo(await serve(byDns('100ms')))).toEqual({ data: { echo: 'one' } });
  });

  it('starts without a single instance, and says so in the answer', async () => {
    dns.set('A', NAME, 'servfail');
    const headgate = await serve(byDns());
    expect(await echo(headgate)).toMatchObject({ errors: [{ extensions: { code: 'SUBGRAPH_UNREACHABLE' } }] });
    await headgate.logged('discovery.failed', 'ESERVFAIL');
    dns.set('A', NAME, { addresses: ['127.0.0.1'], ttl: 60 });
    await headgate.logged('discovery.changed');
    expect(await echo(headgate)).toEqual({ data: { echo: 'one' } });
  });

  it('follows instances that the file lists', async () => {
    const listed = (server: EchoSubgraph) =>
      `subgraphs: { echo: { schema: { file: ./echo.graphql }, instances: [ { url: "${server.url}" } ] } }\n`;
    const headgate = await serve(listed(one));
    expect(await echo(headgate)).toEqual({ data: { echo: 'one' } });
    writeFileSync(join(folder, 'next.yaml'), `server: { listen: "127.0.0.1:0" }\n${PLANNING}${listed(two)}`);
    renameSync(join(folder, 'next.yaml'), join(folder, 'headgate.yaml'));
    await headgate.logged('config.reloaded');
    expect(await echo(headgate)).toEqual({ data: { echo: 'two' } });
  });

  it('watches the EndpointSlices of a service', async () => {
    const api = await startKubernetesApi();
    writeFileSync(join(folder, 'token'), 'first');
    writeFileSync(join(folder, 'ca.crt'), testCertificate.cert);
    writeFileSync(join(folder, 'namespace'), 'shop');
    const pods = (port: number) =>
      slice('echo-1', ['127.0.0.1'], { ports: [{ name: 'graphql', port, protocol: 'TCP' }] });
    api.slices.set('echo-1', pods(one.port));
    const headgate = await serve(`subgraphs:
  echo: { schema: { file: ./echo.graphql }, discovery: { kubernetes: { service: echo } } }
discovery: { kubernetes: { api: "${api.url}", service_account: . } }
`);
    expect(await echo(headgate)).toEqual({ data: { echo: 'one' } });
    (await api.watch()).write(watchEvent('MODIFIED', pods(two.port), 9));
    await headgate.logged('discovery.changed', `:${two.port}`);
    expect(await echo(headgate)).toEqual({ data: { echo: 'two' } });
    await headgate.stop();
    await api.close();
  });

  it('lets instances register themselves at the admin API', async () => {
    const headgate = await serve('supergraph: { source: registry }\n');
    const call = (method: string, path: string, body?: string) =>
      fetch(`${headgate.admin}${GRAPH}${path}`, { method, ...(body !== undefined && { body }) });
    expect((await call('PUT', `?url=${one.url}`, ECHO_SDL)).status).toBe(201);
    expect((await call('PUT', '/instances/two', JSON.stringify({ url: two.url, ttl: '30s' }))).status).toBe(201);
    await headgate.logged('discovery.changed', two.url);
    await one.kill();
    expect(await echo(headgate)).toEqual({ data: { echo: 'two' } });
    expect((await call('DELETE', '/instances/two')).status).toBe(200);
    await headgate.logged('lease.changed', 'left');
  });
});
