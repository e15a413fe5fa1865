import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startEchoSubgraph } from '../fixtures/echo-subgraph';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { startHeadgate } from '../fixtures/headgate-process';
import { startQueryLoop } from '../fixtures/query-loop';
import { RawSocket } from '../fixtures/raw-socket';
import { hang } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const CLIENTS = 50;
/** What a draining gateway waits for a request on a connection that has none. */
const IDLE_MS = 1_000;

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
      idleMs: IDLE_MS,
    });
    await loop.more(4 * CLIENTS);
    const health = await RawSocket.open(Number(new URL(headgate.graphql).port));
    health.send('GET /health/ready HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await health.until('}')).toMatch(/^HTTP\/1.1 200 /);
    // The gateway waits for a request that has begun, however late the rest of it is.
    health.send('GET /health/ready HTTP/1.1\r\nhost:');
    await loop.more(CLIENTS);
    headgate.child.kill('SIGTERM');
    await headgate.logged('server.draining');
    health.send(' x\r\n\r\n');
    expect(await health.untilClosed()).toMatch(/HTTP\/1.1 503 .*"draining"}$/s);
    expect((await loop.ended).failures).toEqual([]);
    expect(await headgate.exited).toBe(0);
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
planning: { deadline: 1m }
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
    const gone = new Promise((resolve) => client.once('close', resolve));
    headgate.child.kill('SIGTERM');
    await headgate.logged('server.draining');
    headgate.child.kill('SIGTERM');
    expect(await headgate.exited).toBe(143);
    await gone;
    await echo.kill();
  });
});
