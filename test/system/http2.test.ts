import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWithProxies, type FrontProxy, PROXIES_MISSING, startHaproxy } from '../fixtures/front-proxies';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { Http2Client } from '../fixtures/http2-client';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { reservedPort } from '../fixtures/reserved-port';
import { temporaryDirectories } from '../fixtures/temporary-directory';
import { type Pair, TestAuthority } from '../fixtures/test-authority';

const SDL = 'type Query { hello: String }';
const QUERY = '{"query":"{ hello }"}';
const ANSWER = '{"data":{"hello":"hello"}}';
const JSON_TYPE = { 'content-type': 'application/json' };
const CURL = /\bHTTP2\b/.test(spawnSync('curl', ['--version']).stdout?.toString() ?? '');
const itWithCurl = CURL ? it : it.skip;

describe('a gateway that speaks HTTP/2', () => {
  const directory = temporaryDirectories();
  const authority = new TestAuthority();
  let service: LiveSubgraph;
  let headgate: HeadgateProcess;
  let folder: string;

  beforeAll(async () => {
    service = await startLiveSubgraph('greeting', { sdl: SDL, resolvers: { Query: { hello: () => 'hello' } } });
  });
  afterAll(() => service.close());
  afterEach(() => headgate.stop());

  function write({ cert, key }: Pair): void {
    writeFileSync(join(folder, 'tls.key'), key);
    writeFileSync(join(folder, 'tls.crt'), cert);
  }

  async function start(server: string): Promise<void> {
    folder = directory();
    write(authority.issue('first'));
    writeFileSync(join(folder, 'ca.crt'), authority.cert);
    writeFileSync(join(folder, 'greeting.graphql'), SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0", ${server} }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { greeting: { schema: { file: ./greeting.graphql }, url: "${service.url}" } }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  }

  async function curl(...args: readonly string[]): Promise<string> {
    const about = ['-sS', '-m', '20', '-w', '%{http_version} %{http_code}', '-H', 'content-type: application/json'];
    const { stdout } = await promisify(execFile)('curl', [...about, ...args, '-d', QUERY, headgate.graphql]);
    return stdout.replace('\n', ' ');
  }

  itWithCurl('answers curl by prior knowledge, in cleartext, and by HTTP/1.1 at the same port', async () => {
    await start('h2c: true');
    expect(await curl('--http2-prior-knowledge')).toBe(`${ANSWER} 2 200`);
    expect(await curl('--http1.1')).toBe(`${ANSWER} 1.1 200`);
    // An upgrade is ignored.
    expect(await curl('--http2')).toBe(`${ANSWER} 1.1 200`);
  });

  itWithCurl('answers curl over TLS', async () => {
    await start('http2: true, tls: { cert: ./tls.crt, key: ./tls.key }');
    expect(await curl('--http2', '--cacert', join(folder, 'ca.crt'))).toBe(`${ANSWER} 2 200`);
    expect(await curl('--http1.1', '--cacert', join(folder, 'ca.crt'))).toBe(`${ANSWER} 1.1 200`);
  });

  it('answers many requests of one connection, from two processes, while the certificate changes', async () => {
    await start('workers: 2, http2: true, tls: { cert: ./tls.crt, key: ./tls.key }');
    const ask = (client: Http2Client) => client.post('/graphql', QUERY, JSON_TYPE);
    const open = () => new Http2Client(new URL(headgate.graphql).origin, { ca: authority.cert });
    const clients = [open(), open(), open(), open()];
    let isOver = false;
    const load = Promise.all(
      clients.flatMap((client) =>
        Array.from({ length: 5 }, async () => {
          while (!isOver) expect((await ask(client)).body.trim()).toBe(ANSWER);
        }),
      ),
    );
    write(authority.issue('second'));
    await headgate.logged('"event":"config.reloaded"');
    isOver = true;
    await load;
    const next = open();
    expect((await ask(next)).body.trim()).toBe(ANSWER);
    for (const client of [...clients, next]) client.destroy();
  });

  it('answers what has arrived when it is stopped, and ends', async () => {
    await start('workers: 2, h2c: true, drain_timeout: 20s');
    const clients = [1, 2, 3, 4].map(() => new Http2Client(new URL(headgate.graphql).origin));
    const failures: string[] = [];
    let answered = 0;
    const loops = clients.map(async (client) => {
      for (;;) {
        const answer = await client.post('/graphql', QUERY, JSON_TYPE).catch((error: NodeJS.ErrnoException) => error);
        if (!('status' in answer)) {
          // Not looked at: to be asked for elsewhere. Everything else is a request that was lost.
          const safe = /REFUSED_STREAM|GOAWAY|after session|ERR_HTTP2_INVALID_SESSION/;
          if (!safe.test(`${answer.code} ${answer.message}`)) failures.push(`${answer.code} ${answer.message}`);
          return;
        }
        if (answer.status === 200) answered += 1;
        else failures.push(answer.body);
      }
    });
    while (answered < 50) await new Promise((resolve) => setImmediate(resolve));
    headgate.child.kill('SIGTERM');
    await Promise.all(loops);
    expect(failures).toEqual([]);
    expect(await headgate.exited).toBe(0);
  });
});

function ask(url: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, { method: 'POST', headers: JSON_TYPE }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: body.trim() }));
    });
    sent.on('error', reject).end(QUERY);
  });
}

describeWithProxies(`two gateways behind HAProxy, by HTTP/2 (where it is not installed: ${PROXIES_MISSING})`, () => {
  const directory = temporaryDirectories();
  let service: LiveSubgraph;
  let haproxy: FrontProxy;
  let folder: string;
  let ports: readonly number[];
  const gateways: HeadgateProcess[] = [];
  const serve = (port: number, index: number) =>
    startHeadgate(['serve', '--port', String(port), '--workers', String(index + 1)], { cwd: folder });

  beforeAll(async () => {
    service = await startLiveSubgraph('greeting', { sdl: SDL, resolvers: { Query: { hello: () => 'hello' } } });
    folder = directory();
    writeFileSync(join(folder, 'greeting.graphql'), SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { trusted_proxies: ["127.0.0.1"], proxy_protocol: true, h2c: true }
admin: false
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { greeting: { schema: { file: ./greeting.graphql }, url: "${service.url}" } }
`,
    );
    ports = [await reservedPort(), await reservedPort()];
    gateways.push(...(await Promise.all(ports.map(serve))));
    haproxy = await startHaproxy(folder, await reservedPort(), ports, 'proto h2');
  });
  afterAll(async () => {
    await haproxy?.stop();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await service?.close();
  });

  it('are restarted one after the other without an error', async () => {
    const bad: unknown[] = [];
    let answered = 0;
    let isOver = false;
    const clients = Promise.all(
      Array.from({ length: 6 }, async () => {
        while (!isOver) {
          const answer = await ask(haproxy.url).catch((error: Error) => error.message);
          if (typeof answer === 'string' || answer.body !== ANSWER) bad.push(answer);
          answered += 1;
        }
      }),
    );
    for (const [index, port] of ports.entries()) {
      expect(await gateways[index]?.stop()).toBe(0);
      gateways[index] = await serve(port, index);
      const before = answered;
      while (answered < before + 60) await ask(haproxy.url);
    }
    isOver = true;
    await clients;
    expect(bad).toEqual([]);
    expect(answered).toBeGreaterThan(120);
  });
});
