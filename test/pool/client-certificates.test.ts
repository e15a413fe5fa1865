import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createPool } from '../../gateway/pool/instance-pool';
import { poolOptions, query } from '../fixtures/pool-options';
import { type Pair, TestAuthority } from '../fixtures/test-authority';

describe('an instance that asks for the certificate of the gateway', () => {
  const authority = new TestAuthority();
  const another = new TestAuthority('another');
  const own = authority.issue('subgraph');
  const right = authority.issue('gateway');
  const servers: Server[] = [];
  let seen: unknown[];
  beforeEach(() => {
    seen = [];
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function start(pair: Pair = own): Promise<string> {
    const options = { ...pair, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    const server = createServer(options, ({ socket }, response) => {
      seen.push((socket as TLSSocket).getPeerCertificate().subject.CN); // as: of node:https
      response.setHeader('content-type', 'application/json').end('{"data":{"a":1}}');
    });
    // Handshakes that fail.
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`; // as: it listens on TCP
  }

  async function ask(url: string, pair: Partial<Pair>, ca: string = authority.cert): Promise<unknown> {
    const { cert = null, key = null } = pair;
    const pool = createPool(poolOptions([url], { tls: { ca, cert, key } }));
    try {
      return (await pool.request(query({}))).status;
    } catch (error) {
      return (error as { code: string }).code; // as: of pools, all errors have one
    } finally {
      await pool.close(0);
    }
  }

  it('answers with the right one', async () => {
    expect(await ask(await start(), right)).toBe(200);
    expect(seen).toEqual(['gateway']);
  });

  it.each([
    ['of another authority', another.issue('gateway')],
    ['that has expired', authority.issue('gateway', { expired: true })],
    ['that is not there', {}],
  ])('is not reached with one %s', async (_, pair) => {
    expect(await ask(await start(), pair)).toBe('SUBGRAPH_UNREACHABLE');
    expect(seen).toEqual([]);
  });

  it.each([
    ['of another authority', another.issue('subgraph')],
    ['that has expired', authority.issue('subgraph', { expired: true })],
  ])('is not asked when its own is one %s', async (_, pair) => {
    expect(await ask(await start(pair), right)).toBe('SUBGRAPH_UNREACHABLE');
    expect(seen).toEqual([]);
  });

  it('is not asked by who does not know its authority', async () => {
    expect(await ask(await start(), right, another.cert)).toBe('SUBGRAPH_UNREACHABLE');
    expect(seen).toEqual([]);
  });
});
