import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  describeWithProxies,
  type FrontProxy,
  PROXIES_MISSING,
  startHaproxy,
  startNginx,
} from '../fixtures/front-proxies';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { reservedPort } from '../fixtures/reserved-port';
import { temporaryDirectories } from '../fixtures/temporary-directory';

/** Of the same machine as the proxies, and none of theirs. */
const CLIENT = '127.0.0.9';
const PLUGIN = `module.exports = {
  name: 'who',
  http: (next) => async (call) => {
    const answer = await next(call);
    return { ...answer, headers: { ...answer.headers, 'x-seen': call.remoteAddress } };
  },
};`;

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly seen: string | undefined;
  readonly id: string | undefined;
  /** Who answered, as HAProxy says. */
  readonly server: string | undefined;
}

function ask(url: string, headers: Record<string, string> = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const about = { 'content-type': 'application/json', ...headers };
    const options = { method: 'POST', localAddress: CLIENT, headers: about };
    const sent = request(`${url}/graphql`, options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      const { 'x-seen': seen, 'x-request-id': id, 'x-server': server } = response.headers;
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: body.trim(),
          seen: seen?.toString(),
          id: id?.toString(),
          server: server?.toString(),
        }),
      );
    });
    sent.on('error', reject).end('{"query":"{ hello }"}');
  });
}

describeWithProxies(`two gateways behind nginx and HAProxy (where they are not installed: ${PROXIES_MISSING})`, () => {
  const directory = temporaryDirectories();
  let service: LiveSubgraph;
  let haproxy: FrontProxy;
  let nginx: FrontProxy;
  let folder: string;
  let ports: readonly number[];
  const gateways: HeadgateProcess[] = [];

  beforeAll(async () => {
    const sdl = 'type Query { hello: String }';
    service = await startLiveSubgraph('greeting', { sdl, resolvers: { Query: { hello: () => 'hello' } } });
    folder = directory();
    writeFileSync(join(folder, 'greeting.graphql'), sdl);
    writeFileSync(join(folder, 'who.js'), PLUGIN);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { trusted_proxies: ["127.0.0.1"], proxy_protocol: true }
admin: false
plugins: [./who.js]
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { greeting: { schema: { file: ./greeting.graphql }, url: "${service.url}" } }
`,
    );
    ports = [await reservedPort(), await reservedPort()];
    gateways.push(...(await Promise.all(ports.map(serve))));
    const [front, back] = [await reservedPort(), await reservedPort()];
    haproxy = await startHaproxy(folder, back, ports);
    nginx = await startNginx(directory(), front, back);
  });
  afterAll(async () => {
    await nginx?.stop();
    await haproxy?.stop();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await service?.close();
  });

  /** One of a single process, and one of two. */
  const serve = (port: number, index: number) =>
    startHeadgate(['serve', '--port', String(port), '--workers', String(index + 1)], { cwd: folder });

  it('see the client by the PROXY header of HAProxy, and not what it says of itself', async () => {
    expect(await ask(haproxy.url)).toMatchObject({ status: 200, body: '{"data":{"hello":"hello"}}', seen: CLIENT });
    const forged = { 'x-forwarded-for': '192.0.2.1', 'x-request-id': 'forged' };
    const { seen, id } = await ask(haproxy.url, forged);
    expect(seen).toBe(CLIENT);
    expect(id).not.toBe('forged');
  });

  it('see the client by x-forwarded-for of nginx, in front of HAProxy, and take the name that it gives', async () => {
    const { seen, id } = await ask(nginx.url, { 'x-forwarded-for': '192.0.2.1', 'x-request-id': 'forged' });
    expect(seen).toBe(CLIENT);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('are restarted one after the other without an error', async () => {
    const bad: unknown[] = [];
    let answered = 0;
    let isOver = false;
    const clients = Promise.all(
      [nginx, nginx, haproxy, haproxy].map(async ({ url }) => {
        while (!isOver) {
          const answer = await ask(url).catch((error: Error) => error.message);
          if (typeof answer === 'string' || answer.status !== 200) bad.push(answer);
          answered += 1;
        }
      }),
    );
    for (const [index, port] of ports.entries()) {
      expect(await gateways[index]?.stop()).toBe(0);
      gateways[index] = await serve(port, index);
      // HAProxy has seen that it is there.
      while ((await ask(haproxy.url)).server !== `s${port}`) await pause(10);
    }
    isOver = true;
    await clients;
    expect(bad).toEqual([]);
    expect(answered).toBeGreaterThan(40);
  });
});
