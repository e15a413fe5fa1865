import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LoopAnswer, post } from '../fixtures/query-loop';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const NOT_FOUND = { status: 200, body: { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }] } };
const DATA = { status: 200, body: { data: { product: { upc: '1001' } } } };

/** A query that nobody has sent yet. */
function fresh(): { readonly query: string; readonly byHash: string; readonly withText: string } {
  made += 1;
  const query = `query Number${made} { product(upc: "1001") { upc } }`;
  const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
  return { query, byHash: JSON.stringify({ extensions }), withText: JSON.stringify({ query, extensions }) };
}
let made = 0;

describe('persisted queries with --workers 2', () => {
  const directory = temporaryDirectories();
  const agents: Agent[] = [];
  let services: ExampleServices;
  let headgate: HeadgateProcess;

  async function serve(more: string): Promise<void> {
    const cwd = directory();
    writeFileSync(join(cwd, 'headgate.yaml'), exampleConfig(services, { more }));
    headgate = await startHeadgate(['serve', '--workers', '2'], { cwd });
  }

  /** A connection that stays open, to the worker whose turn it is. */
  function connection(): (body: string) => Promise<LoopAnswer> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    return (body) => post(agent, headgate.graphql, body);
  }

  /** A connection to each worker: the log tells who answered. */
  async function connections(): Promise<((body: string) => Promise<LoopAnswer>)[]> {
    const found = new Map<string, (body: string) => Promise<LoopAnswer>>();
    while (found.size < 2) {
      const { query, withText } = fresh();
      const ask = connection();
      await ask(withText);
      const [, name = ''] = /query (\w+)/.exec(query) ?? [];
      const line = await headgate.logged('"event":"request"', `"operation":"${name}"`);
      found.set(/"worker":(\d)/.exec(line)?.[1] ?? '', ask);
    }
    return [...found.values()];
  }

  const metrics = async () => (await fetch(new URL('/metrics', headgate.admin))).text();

  beforeAll(async () => {
    services = await startExampleServices();
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy();
    // After a failure it may still stand still.
    headgate.child.kill('SIGCONT');
    await headgate.stop();
  });
  afterAll(() => services.stop());

  it('are found at every worker, whichever was sent the text', async () => {
    await serve('store: { timeout: 60s }');
    for (let round = 0; round < 5; round++) {
      const { byHash, withText } = fresh();
      expect(await connection()(byHash)).toMatchObject(NOT_FOUND);
      expect(await connection()(withText)).toMatchObject(DATA);
      for (let at = 0; at < 6; at++) expect(await connection()(byHash)).toMatchObject(DATA);
    }
    const shared = [...(await metrics()).matchAll(/^headgate_persisted_queries_total\{.*result="shared".*\} (\d+)$/gm)];
    expect(shared.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(5);
  });

  it('are not found while the primary stands still, so that clients send the text; found again when it goes on', async () => {
    await serve('');
    const [one, other] = await connections();
    const [before, during] = [fresh(), fresh()];
    if (one === undefined || other === undefined) throw new Error('two connections');
    expect(await one(before.withText)).toMatchObject(DATA);
    process.kill(headgate.child.pid ?? 0, 'SIGSTOP');
    expect(await one(before.byHash)).toMatchObject(DATA);
    for (let at = 0; at < 3; at++) expect(await other(fresh().byHash)).toMatchObject(NOT_FOUND);
    expect(await one(during.byHash)).toMatchObject(NOT_FOUND);
    expect(await one(during.withText)).toMatchObject(DATA);
    expect(await other(during.byHash)).toMatchObject(NOT_FOUND);
    expect(await other(during.withText)).toMatchObject(DATA);
    expect(await other(during.byHash)).toMatchObject(DATA);
    process.kill(headgate.child.pid ?? 0, 'SIGCONT');
    await headgate.logged('"event":"store.unanswered"');
    let found = await other(before.byHash);
    while (!('data' in (found.body as object))) found = await other(before.byHash);
    expect(found).toMatchObject(DATA);
  });
});
