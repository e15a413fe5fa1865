import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';

const BEFORE = { sdl: 'type Query { a: Int }', resolvers: {} };
const AFTER = { sdl: 'type Query { a: Int\n b: Int }', resolvers: {} };
const SHAPING = 'traffic_shaping: { all: { health_check: { interval: 50ms } } }';

let folder: string;
let subgraph: LiveSubgraph;
let running: HeadgateProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hg-drift-'));
  subgraph = await startLiveSubgraph('one', BEFORE);
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((headgate) => headgate.stop()));
  await subgraph.close();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(config: string): Promise<HeadgateProcess> {
  const path = join(folder, 'headgate.yaml');
  writeFileSync(path, `server: { listen: "127.0.0.1:0" }\n${config}\n${SHAPING}\n`);
  const headgate = await startHeadgate(['serve', '--config', path], { cwd: folder });
  running.push(headgate);
  return headgate;
}

async function publish(headgate: HeadgateProcess, sdl: string): Promise<void> {
  const url = `${headgate.admin}/registry/graphs/default/subgraphs/one?url=${subgraph.url}`;
  expect((await fetch(url, { method: 'PUT', body: sdl })).status).toBeLessThan(300);
}

/** Resolves once the instance is so. */
async function state(headgate: HeadgateProcess, wanted: string): Promise<string> {
  for (;;) {
    // as: what the admin listener answers to GET /pools
    const { pools } = (await (await fetch(`${headgate.admin}/pools`)).json()) as {
      pools: { instances: { state: string; reason: string }[] }[];
    };
    const instance = pools[0]?.instances[0];
    if (instance?.state === wanted) return instance.reason;
  }
}

describe('an instance whose schema is not the one that was composed', () => {
  it('is degraded until the schema file says the same', async () => {
    const file = join(folder, 'one.graphql');
    writeFileSync(file, `# as written by hand\nextend ${BEFORE.sdl}`);
    const headgate = await serve(`subgraphs: { one: { url: "${subgraph.url}", schema: { file: ./one.graphql } } }`);
    await state(headgate, 'healthy');
    subgraph.deploy(AFTER);
    expect(await state(headgate, 'degraded')).toBe('its schema is not the one that the supergraph was composed from');
    await headgate.logged('instance.changed', 'degraded');
    writeFileSync(file, AFTER.sdl);
    await state(headgate, 'healthy');
  });

  it('is degraded until the registry has the same', async () => {
    const headgate = await serve('supergraph: { source: registry }');
    await publish(headgate, BEFORE.sdl);
    await state(headgate, 'healthy');
    await publish(headgate, AFTER.sdl);
    await state(headgate, 'degraded');
    subgraph.deploy(AFTER);
    await state(headgate, 'healthy');
  });
});
