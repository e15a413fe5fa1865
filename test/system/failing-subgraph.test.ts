import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startService } from '../../gateway/cli/demo/service-process';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { startQueryLoop } from '../fixtures/query-loop';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const STOP_MS = 5_000;
const QUERY = '{ product(upc: "1001") { name inStock averageRating } }';
/** What no client needs to know. */
const INTERNALS = /127\.0\.0\.1|localhost|ECONN|undici|\.js:|\.ts:|\bat \/|node_modules|stack/;

describe('a subgraph that dies while clients ask', () => {
  const directory = temporaryDirectories();
  let services: ExampleServices;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    services = await startExampleServices({ restarts: true });
    const folder = directory();
    writeFileSync(join(folder, 'headgate.yaml'), exampleConfig(services));
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });
  afterAll(async () => {
    await headgate.stop();
    await services.stop();
  });

  it('costs its own part of the answer and nothing else', async () => {
    const statuses = new Set<number>();
    const bodies = new Set<string>();
    const loop = startQueryLoop(headgate.graphql, {
      query: QUERY,
      onAnswer: ({ status, body }) => {
        statuses.add(status);
        bodies.add(JSON.stringify(body));
      },
    });
    await loop.more(20);
    process.kill(services.processes.get('reviews')?.pid ?? 0, 'SIGKILL');
    await loop.until(({ errors }) => errors !== undefined);
    await loop.more(50);
    const { failures } = await loop.stop();
    // Every failure is an answer: no connection broke.
    expect(failures.filter((failure) => !failure.startsWith('200 '))).toEqual([]);
    expect([...statuses]).toEqual([200]);
    expect([...bodies].filter((body) => INTERNALS.test(body))).toEqual([]);
  });

  it('leaves a code, the path, and an id by which the log says why', async () => {
    const { status, body } = await ask(headgate.graphql, QUERY);
    expect(status).toBe(200);
    expect(body.data).toEqual({
      product: { name: 'The Keeper of the Northern Light', inStock: true, averageRating: null },
    });
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]).toMatchObject({
      message: 'Subgraph error withheld',
      path: expect.arrayContaining(['product']),
      extensions: { code: 'SUBGRAPH_UNREACHABLE', errorId: expect.any(String) },
    });
    const line = await headgate.logged(String(body.errors?.[0]?.extensions?.errorId));
    expect(JSON.parse(line)).toMatchObject({ subgraph: 'reviews', errors: [{ code: 'SUBGRAPH_UNREACHABLE' }] });
  });

  it('is asked again once it is back', async () => {
    const { port } = new URL(services.reviews);
    const again = await startService({
      service: 'reviews',
      instance: 'reviews',
      port: Number(port),
      deadlineMs: 120_000,
    });
    try {
      while ((await ask(headgate.graphql, QUERY)).body.errors !== undefined) await pause(10);
    } finally {
      await again.stop(STOP_MS);
    }
  });
});
