import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { ask, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { startQueryLoop } from '../fixtures/query-loop';
import { sampleOperations } from '../fixtures/sample-operations';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const PRELOAD = join(__dirname, '..', 'fixtures', 'record-connections.js');

describe('connections of headgate serve', () => {
  const directory = temporaryDirectories();
  let services: ExampleServices;
  beforeAll(async () => {
    services = await startExampleServices();
  });
  afterAll(() => services.stop());

  it('lead to the configured hosts and nowhere else', async () => {
    const folder = directory();
    const record = join(folder, 'record');
    writeFileSync(record, '');
    writeFileSync(join(folder, 'headgate.yaml'), exampleConfig(services, { schemas: 'introspect' }));
    const headgate = await startHeadgate(['serve'], {
      cwd: folder,
      execArgv: ['--require', PRELOAD],
      env: { RECORD_CONNECTIONS: record },
    });
    for (const { query, variables } of sampleOperations()) await ask(headgate.graphql, query, variables);
    const loop = startQueryLoop(headgate.graphql, { query: '{ product(upc: "1001") { name inStock } }' });
    await loop.more(500);
    expect((await loop.stop()).failures).toEqual([]);
    expect(await headgate.stop()).toBe(0);
    const { accounts, products, reviews, inventory } = services;
    const places = [accounts, ...products, reviews, inventory].map((url) => `connect ${new URL(url).host}`);
    const lines = new Set(readFileSync(record, 'utf8').trim().split('\n'));
    expect([...lines].sort()).toEqual(places.sort());
  });

  it('are recorded: the recorder sees one that leads elsewhere', async () => {
    const folder = directory();
    const record = join(folder, 'record');
    writeFileSync(record, '');
    await runHeadgate(['subgraph', 'list', '--admin', 'http://nowhere.invalid:9'], {
      cwd: folder,
      execArgv: ['--require', PRELOAD],
      env: { RECORD_CONNECTIONS: record },
    });
    expect(readFileSync(record, 'utf8')).toContain('connect nowhere.invalid:9');
  });
});
