import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { ask, type HeadgateProcess, type RunOptions, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { samplesOf } from '../fixtures/scraped';
import { refusedUrl } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const NAMES = ['refused', 'unknown', 'secure', 'broken', 'well'] as const;
/** What each comes to. The name is one that never resolves (RFC 6761). */
const REASONS = {
  refused: ['refused', 'ECONNREFUSED'],
  unknown: ['dns', '(?:ENOTFOUND|EAI_AGAIN)'],
  secure: ['tls', 'ERR_SSL_\\w+'],
  broken: ['status-5xx', '502'],
} as const;

interface LoggedCall {
  readonly subgraph: string;
  readonly code: string | null;
  readonly error?: string;
}

describe('the reason of a failure', () => {
  const directory = temporaryDirectories();
  const services: LiveSubgraph[] = [];
  let headgate: HeadgateProcess;

  async function serve(name: string): Promise<LiveSubgraph> {
    const sdl = `type Query { ${name}: String }`;
    const service = await startLiveSubgraph(name, { sdl, resolvers: { Query: { [name]: () => name } } });
    services.push(service);
    return service;
  }

  async function start(urls: Readonly<Record<string, string>>, options: RunOptions = {}): Promise<HeadgateProcess> {
    const folder = directory();
    const lines = Object.entries(urls).map(([name, url]) => {
      writeFileSync(join(folder, `${name}.graphql`), `type Query { ${name}: String }`);
      return `  ${name}: { schema: { file: ./${name}.graphql }, url: "${url}" }`;
    });
    const checks = 'health_check: { interval: 200ms, timeout: 20s, unhealthy_threshold: 1 }';
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
query_plan: { expose: true }
limits: { max_depth: 3 }
traffic_shaping: { all: { retry: { max_attempts: 1 }, ${checks} } }
subgraphs:
${lines.join('\n')}
`,
    );
    return await startHeadgate(['serve'], { cwd: folder, ...options });
  }

  afterEach(async () => {
    await headgate.stop();
    await Promise.all(services.splice(0).map((service) => service.close()));
  });

  it('reaches the log, the list of pools, the query plan and the metrics', async () => {
    const [broken, well] = [await serve('broken'), await serve('well')];
    broken.intercept((response) => response.writeHead(502).end('<h1>no</h1>'));
    headgate = await start({
      refused: await refusedUrl(),
      unknown: 'http://nobody.invalid:4001/graphql',
      secure: well.url.replace('http:', 'https:'),
      broken: broken.url,
      well: well.url,
    });
    const { admin, graphql } = headgate;
    await Promise.all(
      Object.entries(REASONS).map(([name]) =>
        headgate.logged('"event":"instance.changed"', `"pool":"${name}"`, '"to":"ejected"'),
      ),
    );
    const query = `query Everything { ${NAMES.join(' ')} }`;
    const { body } = await ask(graphql, query);
    expect(body.data).toMatchObject({ well: 'well', refused: null, broken: null });
    expect(JSON.stringify(body.errors)).not.toMatch(/ECONN|ENOTFOUND|ERR_SSL|invalid:/);

    const request = JSON.parse(await headgate.logged('"event":"request"', '"operation":"Everything"'));
    const shown = JSON.stringify(body.extensions);
    const list = await runHeadgate(['pool', 'list'], { env: { HEADGATE_ADMIN_URL: admin } });
    const pools = JSON.parse(await (await fetch(`${admin}/pools`)).text()).pools;
    const samples = samplesOf(await (await fetch(`${admin}/metrics`)).text());
    for (const [name, [reason, code]] of Object.entries(REASONS)) {
      const call = request.calls.find(({ subgraph }: LoggedCall) => subgraph === name);
      expect(call).toMatchObject({ error: expect.stringMatching(new RegExp(`^${reason} \\(${code}\\)$`)) });
      expect(shown).toMatch(new RegExp(`"error":"${reason} \\(${code}\\)"`));
      const [instance] = pools.find((pool: { name: string }) => pool.name === name).instances;
      expect(instance).toMatchObject({ state: 'ejected', lastCheck: { passed: false, reason } });
      expect(instance.reason).toBe(`health check failed: ${instance.lastCheck.detail}`);
      expect(list.stdout).toContain(instance.reason);
      expect(headgate.lines('"event":"instance.changed"', `"pool":"${name}"`, '"to":"ejected"')[0]).toContain(
        'health check failed: ',
      );
      const label = `pool="${name}",pool_instance="${instance.id}",reason="${reason}"`;
      expect(samples.get(`headgate_attempt_failures_total{${label}}`)).toBeGreaterThan(0);
      expect(samples.get(`headgate_health_check_failures_total{${label}}`)).toBeGreaterThan(0);
    }
    const wellCall = request.calls.find(({ subgraph }: LoggedCall) => subgraph === 'well');
    expect(wellCall).not.toHaveProperty('error');
  });

  it('of a request that is refused is a code, beside the name of its operation', async () => {
    headgate = await start({ well: (await serve('well')).url });
    const post = (body: unknown) =>
      fetch(headgate.graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const deep = `query TooDeep { ${'a { '.repeat(5)}b${' }'.repeat(5)} }`;
    for (const [operationName, query, code] of [
      ['Unparsable', 'query Unparsable { ', 'GRAPHQL_PARSE_FAILED'],
      ['Unknown', 'query Unknown { nobody }', 'GRAPHQL_VALIDATION_FAILED'],
      ['TooDeep', deep, 'OPERATION_LIMIT_EXCEEDED'],
    ] as const) {
      await post({ query, operationName });
      const line = JSON.parse(await headgate.logged('"event":"request"', `"operation":"${operationName}"`));
      expect(line).toMatchObject({ code, calls: [], msg: expect.stringContaining(code) });
    }
    await post({ query: '{ well }' });
    expect(JSON.parse(await headgate.logged('"event":"request"', '"operation":null'))).not.toHaveProperty('code');
  });

  it('that the last instance cannot be drained is told, and --force does it', async () => {
    const { url } = await serve('well');
    headgate = await start({ well: url });
    const { host } = new URL(url);
    const drain = (...more: string[]) =>
      runHeadgate(['pool', 'drain', 'well', host, ...more], { env: { HEADGATE_ADMIN_URL: headgate.admin } });
    const refused = await drain();
    expect(refused).toMatchObject({
      code: expect.any(Number),
      stderr: expect.stringMatching(/LAST_INSTANCE.*--force/s),
    });
    expect(refused.code).not.toBe(0);
    expect((await ask(headgate.graphql, '{ well }')).body.data).toEqual({ well: 'well' });
    const forced = await drain('--force');
    expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining('warning: ') });
  });

  it('that is the gateway’s own ejects nobody: all descriptors are taken by idle clients', async () => {
    headgate = await start(
      { well: (await serve('well')).url, other: (await serve('other')).url },
      { descriptors: 256 },
    );
    const { port, hostname } = new URL(headgate.graphql);
    const clients: Socket[] = Array.from({ length: 600 }, () =>
      connect(Number(port), hostname).on('error', () => undefined),
    );
    await Promise.all(clients.map((client) => Promise.race([once(client, 'connect'), once(client, 'close')])));
    const [client] = clients;
    client?.setMaxListeners(0);
    const asked = await Promise.all(
      Array.from({ length: 40 }, () => {
        return new Promise<void>((resolve) => {
          client?.once('data', () => resolve()).once('close', () => resolve());
          client?.write(
            `GET ${new URL(headgate.graphql).pathname}?query=%7Bwell%20other%7D HTTP/1.1\r\nhost: ${hostname}:${port}\r\napollo-require-preflight: 1\r\n\r\n`,
          );
        });
      }),
    );
    expect(asked).toHaveLength(40);
    for (const client of clients) client.destroy();
    const { body } = await ask(headgate.graphql, '{ well other }');
    expect(body).toMatchObject({ data: { well: 'well', other: 'other' } });
    expect(headgate.lines('"event":"instance.changed"', '"to":"ejected"')).toEqual([]);
  });
});
