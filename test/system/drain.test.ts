import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startEchoSubgraph } from '../fixtures/echo-subgraph';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { startHeadgate } from '../fixtures/headgate-process';
import { startQueryLoop } from '../fixtures/query-loop';
import { hang } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const CLIENTS = 50;

/** Asks over a kept-alive connection, as a load balancer does, until nobody listens. @returns the statuses, each change of it */
async function watchHealth(url: URL): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statuses: number[] = [];
  try {
    for (;;) {
      const { status = 0 } = await new Promise<{ status: number | undefined }>((resolve, reject) => {
        get(url, { agent }, (response) => {
          response.resume().once('end', () => resolve({ status: response.statusCode }));
        }).once('error', reject);
      });
      if (statuses.at(-1) !== status) statuses.push(status);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return statuses;
    throw error;
  }
}

describe('headgate serve on SIGTERM', () => {
  const directory = temporaryDirectories();
  let services: ExampleServices;

  beforeAll(async () => {
    services = await startExampleServices({ products: 2 });
  });
  afterAll(() => services.stop());

  it('finishes the requests of fifty clients, says that it is not ready, and exits 0', async () => {
    const folder = directory();
    writeFileSync(join(folder, 'headgate.yaml'), exampleConfig(services));
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    const query = '{ products(first: 3) { name inStock reviews(first: 1) { author { displayName } } } }';
    const loop = startQueryLoop(headgate.graphql, {
      query,
      clients: CLIENTS,
      // Told to close, a client connects again: the end is that nobody listens any more.
      endsOn: (code) => code === 'ECONNREFUSED',
    });
    await loop.more(4 * CLIENTS);
    expect((await fetch(new URL('/health/ready', headgate.graphql))).status).toBe(200);
    const health = watchHealth(new URL('/health/ready', headgate.graphql));
    await loop.more(CLIENTS);
    headgate.child.kill('SIGTERM');
    expect((await loop.ended).failures).toEqual([]);
    expect(await headgate.exited).toBe(0);
    expect(await health).toContain(503);
  });

  it('exits at once when it is told a second time', async () => {
    const folder = directory();
    const echo = await startEchoSubgraph('echo');
    writeFileSync(join(folder, 'echo.graphql'), 'type Query { echo: String }');
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${echo.url}" } }
traffic_shaping: { all: { health_check: false } }
`,
    );
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    echo.script = hang;
    const { port, hostname } = new URL(headgate.graphql);
    const client = connect(Number(port), hostname).on('error', () => undefined);
    const body = '{"query":"{ echo }"}';
    const head = `POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json`;
    client.write(`${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await echo.next();
    const gone = once(client, 'close');
    headgate.child.kill('SIGTERM');
    await headgate.logged('server.draining');
    headgate.child.kill('SIGTERM');
    expect(await headgate.exited).toBe(143);
    await gone;
    await echo.kill();
  });
});
