import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import type { ModuleReport } from '../fixtures/module-report';

const REPORT = join(__dirname, '..', 'fixtures', 'module-report.js');
/** Parts that a gateway with GraphQL subgraphs at fixed addresses has no use for in the thread that answers clients. */
const NOT_NEEDED = [
  '/@apollo/composition/',
  '/@apollo/federation-internals/',
  '/@apollo/query-graphs/',
  '/@apollo/query-planner/',
  '/undici/index.js',
  '/gateway/transport/rest/',
  '/gateway/pool/discovery/kubernetes/',
  '/gateway/workers/',
];

describe('a start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-start-'));
  let headgate: HeadgateProcess;
  let modules: ModuleReport;

  beforeAll(async () => {
    writeFileSync(join(folder, 'ping.graphql'), 'type Query { ping: Int }\n');
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
subgraphs: { ping: { schema: { file: ./ping.graphql }, instances: [ { url: "http://127.0.0.1:9" } ] } }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder, execArgv: ['--require', REPORT] });
    await ask(headgate.graphql, '{ __typename }');
    headgate.child.kill('SIGUSR2');
    modules = JSON.parse(await headgate.logged('"threadsAfter"')).modules;
  });

  afterAll(async () => {
    await headgate.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(NOT_NEEDED)('does not load %s where clients are answered', (part) => {
    expect(modules.files.length).toBeGreaterThan(100);
    expect(modules.files.filter((file) => file.includes(part))).toEqual([]);
  });

  it('starts one thread that composes and one that plans, before it loads the gateway', () => {
    const gateway = modules.files.findIndex((file) => file.endsWith('/gateway/gateway.js'));
    expect(gateway).toBeGreaterThan(0);
    // A planner that is slow, on a machine that is busy, starts one more later.
    expect(modules.threadsAfter.filter((loaded) => loaded <= gateway)).toHaveLength(2);
  });
});
