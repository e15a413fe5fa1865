import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { subscribe } from '../../gateway/events';
import type { DiscoveryOptions, DnsOptions } from '../../gateway/pool/discovery/options';
import type { PoolOptions } from '../../gateway/pool/options';
import { LeaseBook } from '../../gateway/registry/leases';
import { createPools, type Pools } from '../../gateway/transport/pools';
import { type DnsServer, startDnsServer } from '../fixtures/dns-server';
import { Inbox } from '../fixtures/inbox';
import { instance, poolOptions, query } from '../fixtures/pool-options';
import { testCertificate } from '../fixtures/test-certificate';

const NAME = 'products.internal';
let dns: DnsServer;
let pools: Pools;
let servers: Server[];

beforeEach(async () => {
  dns = await startDnsServer();
  pools = createPools();
  servers = [];
});

afterEach(async () => {
  await pools.close(0);
  await dns.close();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Answers with the address that it listens on and the host it was asked for. */
async function serve(address: string, port: number): Promise<number> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end(JSON.stringify({ data: { address, host: request.headers.host } })));
  });
  // Whoever asks closes first: no connection ends just when it is used again.
  server.keepAliveTimeout = 120_000;
  servers.push(server);
  server.listen(port, address);
  await once(server, 'listening');
  // listening, so there is an address with a port
  return (server.address() as AddressInfo).port;
}

function found(source: Partial<DnsOptions>, changes: Partial<PoolOptions> = {}, listed: string[] = []): PoolOptions {
  const resolver = { servers: [dns.address], timeoutMs: 20_000, ttlMsMin: 20, ttlMsMax: 60_000 };
  const whole: DnsOptions = { kind: 'dns', host: NAME, port: 0, scheme: 'http', path: '/graphql', resolver, ...source };
  return poolOptions(listed, { discovery: { source: whole, listed: 'stand-in' }, ...changes });
}

async function ask(): Promise<{ address: string; host: string }> {
  const { body } = await pools.get('products').request(query());
  return JSON.parse(body.toString('utf8')).data;
}

const urls = () =>
  pools
    .get('products')
    .instances()
    .map(({ url }) => url);

/** Resolves with the next change of a discovery. */
function nextChange(): Promise<{ readonly added: readonly string[]; readonly removed: readonly string[] }> {
  return new Promise((resolve) => {
    const stop = subscribe('discovery.changed', (event) => {
      stop();
      resolve(event);
    });
  });
}

describe('a pool whose instances are found by DNS', () => {
  it('has its instances before the first query, and asks them by name', async () => {
    const port = await serve('127.0.0.2', 0);
    dns.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 60 });
    pools.sync([found({ port })]);
    await pools.settled(60_000);
    expect(await ask()).toEqual({ address: '127.0.0.2', host: `${NAME}:${port}` });
    expect(pools.views()[0]?.discovery).toMatchObject({ source: 'dns', endpoints: 1, failure: null });
  });

  // LB-23
  it('moves to the new addresses without losing a query', async () => {
    const port = await serve('127.0.0.2', 0);
    await serve('127.0.0.3', port);
    dns.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 1 });
    pools.sync([found({ port })]);
    await pools.settled(60_000);
    const changed = nextChange();
    dns.set('A', NAME, { addresses: ['127.0.0.3'], ttl: 1 });
    const addresses: string[] = [];
    // A failed query rejects, and the test with it.
    while (addresses.at(-1) !== '127.0.0.3') addresses.push((await ask()).address);
    expect(addresses[0]).toBe('127.0.0.2');
    expect(await changed).toMatchObject({ removed: [`http://127.0.0.2:${port}/graphql`] });
    expect(urls()).toEqual([`http://127.0.0.3:${port}/graphql`]);
  });

  // LB-24
  it('keeps the last good addresses when DNS dies, and says since when', async () => {
    const port = await serve('127.0.0.2', 0);
    dns.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 1 });
    const resolver = { servers: [dns.address], timeoutMs: 1_000, ttlMsMin: 20, ttlMsMax: 60_000 };
    const known = nextChange();
    pools.sync([found({ port, resolver })]);
    await known;
    const failures = new Inbox<string>();
    const stop = subscribe('discovery.failed', ({ message }) => failures.put(message));
    dns.set('A', NAME, 'silent');
    expect(await failures.take()).toContain(NAME);
    stop();
    expect((await ask()).address).toBe('127.0.0.2');
    expect(pools.views()[0]?.discovery?.failure).toContain(NAME);
  });

  it('does not believe that everybody is gone while they answer', async () => {
    const port = await serve('127.0.0.2', 0);
    dns.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 1 });
    pools.sync([found({ port, resolver: { servers: [dns.address], timeoutMs: 20_000, ttlMsMin: 20, ttlMsMax: 50 } })]);
    await pools.settled(60_000);
    const answers = new Inbox<number>();
    dns.set('A', NAME, 'nxdomain');
    const stop = subscribe('discovery.answered', ({ endpoints }) => answers.put(endpoints));
    for (let empty = 0; empty < 3; ) if ((await answers.take()) === 0) empty += 1;
    stop();
    expect((await ask()).address).toBe('127.0.0.2');
  });

  it('uses the stand-in only until somebody is found', async () => {
    const port = await serve('127.0.0.2', 0);
    await serve('127.0.0.3', port);
    dns.set('A', NAME, 'servfail');
    pools.sync([found({ port }, {}, [`http://127.0.0.2:${port}/graphql`])]);
    await pools.settled(60_000);
    expect((await ask()).address).toBe('127.0.0.2');
    const changed = nextChange();
    dns.set('A', NAME, { addresses: ['127.0.0.3'], ttl: 60 });
    await changed;
    expect((await ask()).address).toBe('127.0.0.3');
    expect(urls()).toEqual([`http://127.0.0.3:${port}/graphql`]);
  });

  it('takes over another discovery and keeps what was found until it answers', async () => {
    const port = await serve('127.0.0.2', 0);
    await serve('127.0.0.3', port);
    dns.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 60 });
    pools.sync([found({ port })]);
    await pools.settled(60_000);
    const changed = nextChange();
    pools.sync([found({ port, host: 'other.internal' })]);
    expect((await ask()).address).toBe('127.0.0.2');
    dns.set('A', 'other.internal', { addresses: ['127.0.0.3'], ttl: 60 });
    await changed;
    expect((await ask()).address).toBe('127.0.0.3');
    pools.sync([poolOptions([`http://127.0.0.2:${port}/graphql`])]);
    expect((await ask()).address).toBe('127.0.0.2');
  });

  it('asks for the name in TLS', async () => {
    const server = createTlsServer(testCertificate, (request, response) => {
      // it is a TLS server's socket
      const { servername } = request.socket as TLSSocket & { servername: string };
      request.resume();
      response.end(JSON.stringify({ data: { address: servername, host: request.headers.host } }));
    });
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const tls = { ca: testCertificate.cert, cert: null, key: null };
    pools.sync([found({ host: 'localhost', port, scheme: 'https' }, { tls })]);
    await pools.settled(60_000);
    expect(urls()).toEqual([`https://127.0.0.1:${port}/graphql`]);
    expect(await ask()).toEqual({ address: 'localhost', host: `localhost:${port}` });
  });
});

describe('a pool whose instances register themselves', () => {
  const REGISTRY: DiscoveryOptions = { source: { kind: 'registry' }, listed: 'members' };

  it('has those who are listed and those who registered', async () => {
    const port = await serve('127.0.0.2', 0);
    await serve('127.0.0.3', port);
    const leases: LeaseBook = new LeaseBook({
      discoveryOf: (pool) => pools.discoveryOf(pool),
      isWell: (pool, url) => pools.isWell(pool, url),
    });
    await pools.close(0);
    pools = createPools(leases);
    pools.sync([poolOptions([`http://127.0.0.2:${port}/graphql`], { discovery: REGISTRY })]);
    const joined = nextChange();
    leases.renew(
      'products',
      'a',
      { url: `http://127.0.0.3:${port}/graphql`, weight: 2, zone: 'eu-1', tags: { version: 'v2' } },
      'test',
    );
    await joined;
    expect(pools.get('products').instances()).toMatchObject([
      { url: `http://127.0.0.2:${port}/graphql`, weight: 1 },
      { url: `http://127.0.0.3:${port}/graphql`, weight: 2, zone: 'eu-1', tags: { version: 'v2' } },
    ]);
    expect(new Set([(await ask()).address, (await ask()).address])).toContain('127.0.0.3');
    leases.close();
  });
});

describe('what a process leaves to the next', () => {
  it('is used at once, without an answer of the discovery', async () => {
    const port = await serve('127.0.0.2', 0);
    await serve('127.0.0.3', port);
    dns.set('A', NAME, { addresses: ['127.0.0.2', '127.0.0.3'], ttl: 60 });
    pools.sync([found({ port })]);
    await pools.settled(60_000);
    const why = { ttlMs: 60_000, reason: 'too old', actor: 'test' };
    pools.get('products').override(`127.0.0.2:${port}`, { action: 'drain', ...why });
    const records = pools.records();
    await pools.close(0);

    dns.set('A', NAME, 'silent');
    pools = createPools();
    pools.remember(records);
    pools.sync([found({ port })]);
    expect((await ask()).address).toBe('127.0.0.3');
    expect(pools.get('products').instances()).toMatchObject([
      { state: 'draining', overrides: [{ action: 'drain', reason: 'too old', actor: 'test' }] },
      { url: `http://127.0.0.3:${port}/graphql` },
    ]);
    expect(pools.records()).toEqual(
      records.map((record) => expect.objectContaining({ pool: record.pool, endpoints: record.endpoints })),
    );
  });

  it('keeps what is known of pools that nobody has named yet', () => {
    const record = { pool: 'reviews', endpoints: [instance('http://127.0.0.9:1')], overrides: [] };
    pools.remember([record]);
    expect(pools.records()).toEqual([record]);
  });
});
