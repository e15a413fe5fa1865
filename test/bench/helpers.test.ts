import { join } from 'node:path';
import { Children } from './children';
import { HelperProcess } from './helper-process';
import type { LoadCommands } from './load-process';
import type { SubgraphsCommands } from './subgraphs-process';

const PRODUCTS = JSON.stringify({
  query:
    'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Product { inStock shippingEstimate } } }',
  variables: { keys: [{ __typename: 'Product', upc: '1', price: 1, weight: 1 }] },
});

describe('processes of the benchmark', () => {
  let children: Children;
  let subgraphs: HelperProcess<SubgraphsCommands>;
  let load: HelperProcess<LoadCommands>;
  let origin: string;

  const ask = async (path: string, body: string) => {
    const response = await fetch(`${origin}${path}`, { method: 'POST', body });
    return { status: response.status, text: await response.text() };
  };

  beforeAll(async () => {
    children = new Children();
    subgraphs = new HelperProcess(children, join(__dirname, 'subgraphs-process.js'), null);
    load = new HelperProcess(children, join(__dirname, 'load-process.js'), null);
    ({ origin } = await subgraphs.ask('listen', null));
  });

  afterAll(() => children.killAll());

  it('serve the subgraphs, the same answer every time', async () => {
    const first = await ask('/inventory', PRODUCTS);
    expect(first.status).toBe(200);
    expect(first.text.trimEnd()).toBe('{"data":{"_entities":[{"inStock":true,"shippingEstimate":null}]}}');
    expect(await ask('/inventory', PRODUCTS)).toEqual(first);
  });

  it('serve the same in other bytes every time when asked', async () => {
    const first = await ask('/inventory', PRODUCTS);
    await subgraphs.ask('change', true);
    const changed = [await ask('/inventory', PRODUCTS), await ask('/inventory', PRODUCTS)];
    await subgraphs.ask('change', false);
    const texts = [first, ...changed].map(({ text }) => text);
    expect(new Set(texts).size).toBe(3);
    expect(new Set(texts.map((text) => text.length)).size).toBe(1);
    expect(new Set(texts.map((text) => JSON.stringify(JSON.parse(text)))).size).toBe(1);
  });

  it('refuse other paths', async () => expect((await ask('/nobody', PRODUCTS)).status).toBe(404));

  const run = async (isUnique: boolean, answerLength: number) => {
    const before = await subgraphs.ask('count', null);
    const port = Number(new URL(origin).port);
    const ownHeader = isUnique ? 'authorization' : null;
    await load.ask('start', { port, path: '/inventory', body: PRODUCTS, answerLength, connections: 3, ownHeader });
    await load.ask('mark', null);
    const marked = await subgraphs.ask('count', null);
    let seen = marked;
    while (seen.requests < marked.requests + 500) seen = await subgraphs.ask('count', null);
    const tally = await load.ask('stop', null);
    const after = await subgraphs.ask('count', null);
    return { tally, requests: after.requests - before.requests, authorized: after.authorized - before.authorized };
  };

  it('put load on a port and count the answers', async () => {
    const { text } = await ask('/inventory', PRODUCTS);
    const { tally, requests, authorized } = await run(false, text.length);
    expect(tally).toMatchObject({ refused: 0, altered: 0, broken: 0 });
    expect(tally.requests).toBeLessThanOrEqual(requests);
    expect(tally.p50Ms).toBeGreaterThan(0);
    expect(authorized).toBe(0);
  });

  it('give every request a header of its own when asked', async () => {
    const { requests, authorized } = await run(true, 1);
    expect(authorized).toBe(requests);
  });

  it('notice answers of another length', async () => {
    const { tally } = await run(false, 1);
    expect(tally.altered).toBe(tally.requests);
  });

  it('run commands to their end and say why they failed', async () => {
    const options = { cwd: __dirname, deadlineMs: 100_000 };
    expect(await children.run([process.execPath, '-p', '1 + 1'], options)).toBe('2\n');
    await expect(children.run([process.execPath, '-e', 'throw new Error("no luck")'], options)).rejects.toThrow(
      'no luck',
    );
    await expect(children.run(['/no/such/program'], options)).rejects.toThrow('ENOENT');
  });

  it('end with what they have started', async () => {
    const code =
      'require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "inherit" }); console.log("up"); setInterval(() => {}, 1e6)';
    const child = children.start([process.execPath, '-e', code], { stdio: ['ignore', 'pipe', 'ignore'] });
    const output = child.stdout;
    if (output === null) throw new Error('no output');
    await new Promise((resolve) => output.once('data', resolve));
    const closed = new Promise((resolve) => output.once('close', resolve));
    await children.stop(child);
    await closed;
  });
});
