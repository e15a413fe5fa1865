import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Events, subscribe } from '../../gateway/events';
import { createPool } from '../../gateway/pool/instance-pool';
import { ownFault } from '../../gateway/pool/own-fault';
import { poolOptions, query } from '../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { testCertificate } from '../fixtures/test-certificate';

describe('a gateway without descriptors', () => {
  const servers: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.kill()));
  });

  it('blames no instance, for requests nor for checks, and says what it lacks', async () => {
    for (let n = 0; n < 3; n += 1) servers.push(await startScriptedServer(answerJson({ data: { a: 1 } })));
    // A name needs descriptors too: the resolver's own words for that are "not found".
    const urls = servers.map(({ url }, at) => (at === 2 ? url.replace('127.0.0.1', 'localhost') : url));
    const fixture = join(__dirname, '..', 'fixtures', 'starved-pool-process.js');
    const child = spawn('bash', ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, fixture, ...urls]);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      codes: ['GATEWAY_EXHAUSTED'],
      message: 'products was not asked: this process has no file descriptor left',
      error: expect.stringMatching(/^own-fault \((EMFILE|EAI_AGAIN|ENOTFOUND)\)$/),
      starved: servers.map(() => ({ state: 'healthy', consecutiveFailures: 0 })),
      unwell: [],
      after: 200,
    });
  });
});

describe('tls settings with which no connection can be made', () => {
  let server: Server;
  let url: string;
  const faults: Events['gateway.fault'][] = [];
  const stop = subscribe('gateway.fault', (event) => faults.push(event));
  const { key, cert } = testCertificate;
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const otherKey = String(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export(pem));

  beforeAll(async () => {
    server = createServer({ key, cert }, (_, response) => response.end('{"data":{}}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // listening, so there is an address with a port
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  });
  afterAll(async () => {
    stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['a certificate that is none', { ca: cert, cert: 'no certificate', key }],
    ['a key that is none', { ca: cert, cert, key: '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----' }],
    ['the key of another certificate', { ca: cert, cert, key: otherKey }],
  ])('are nobody’s failure but ours: %s', async (_, tls) => {
    const pool = createPool(poolOptions([url], { tls }));
    for (let n = 0; n < 6; n += 1)
      await expect(pool.request(query({ id: 'client-1' }))).rejects.toMatchObject({
        code: 'GATEWAY_EXHAUSTED',
        message: 'products was not asked: the tls settings of the pool cannot be used',
      });
    expect(pool.instances()).toMatchObject([{ state: 'healthy', consecutiveFailures: 0 }]);
    expect(faults.at(-1)).toMatchObject({
      id: 'client-1',
      pool: 'products',
      during: 'call',
      message: expect.stringMatching(/: error:/),
    });
    await pool.close(0);
  });

  it('are told apart from a certificate of the instance that nobody vouches for', async () => {
    const pool = createPool(poolOptions([url]));
    await expect(pool.request(query())).rejects.toMatchObject({
      code: 'SUBGRAPH_UNREACHABLE',
      details: { error: 'tls (DEPTH_ZERO_SELF_SIGNED_CERT)' },
    });
    await pool.close(0);
  });
});

describe('ownFault', () => {
  const failed = (code: string) => Object.assign(new Error('failed'), { code });

  it.each(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN', 'Z_MEM_ERROR'])(
    'is %s',
    (code) => expect(ownFault(failed(code))).toMatch(/^this (process|machine) has no/),
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EHOSTUNREACH', 'CERT_HAS_EXPIRED', 'UND_ERR_SOCKET'])(
    'is not %s',
    (code) => expect(ownFault(failed(code))).toBeNull(),
  );

  it('is one of several addresses', () => {
    expect(ownFault(new AggregateError([failed('ECONNREFUSED'), failed('EMFILE')]))).toMatch(/descriptor/);
    expect(ownFault(new AggregateError([failed('ECONNREFUSED')]))).toBeNull();
  });

  it('is a buffer that there is no memory for', () => {
    expect(ownFault(new RangeError('Array buffer allocation failed'))).toMatch(/memory/);
    expect(ownFault(new Error('socket hang up'))).toBeNull();
  });
});
