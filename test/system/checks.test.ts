import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const SDL = 'type Query { cart: String name: String list(first: Int): [String] }';
const WITHOUT_CART = 'type Query { name: String list(first: Int): [String] }';
const WITHOUT_LIST = 'type Query { cart: String name: String }';
const RESOLVERS = { Query: { cart: () => 'full', name: () => 'x', list: () => ['a'] } };

interface Uses {
  readonly requests: number;
  readonly operations: readonly {
    readonly name: string;
    readonly count: number;
    readonly text: string;
    readonly clients: unknown;
  }[];
}

describe.each([
  ['one process', []],
  ['two workers', ['--workers', '2']],
])('checks by what clients ask for: %s', (_, flags) => {
  const directory = temporaryDirectories();
  let folder: string;
  let subgraph: LiveSubgraph;
  let headgate: HeadgateProcess;

  const serve = () => startHeadgate(['serve', '--port', '0', ...flags], { cwd: folder });

  function command(...args: string[]) {
    return runHeadgate([...args], { cwd: folder, env: { HEADGATE_ADMIN_URL: headgate.admin } });
  }

  async function call(method: string, path: string, sdl: string): Promise<{ status: number; body: unknown }> {
    const url = `${headgate.admin}/registry/graphs/default/subgraphs/shop${path}?url=${encodeURIComponent(subgraph.url)}`;
    const answer = await fetch(url, { method, body: sdl });
    return { status: answer.status, body: await answer.json() };
  }

  async function ask(query: string, client: string, version: string, times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const answer = await fetch(headgate.graphql, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'apollographql-client-name': client,
          'apollographql-client-version': version,
          connection: 'close',
        },
        body: JSON.stringify({ query }),
      });
      expect(answer.status).toBe(200);
      await answer.text();
    }
  }

  async function usage(): Promise<Uses> {
    const answer = await fetch(new URL('/graphs/default/usage?window=1d', headgate.admin));
    expect(answer.status).toBe(200);
    return (await answer.json()) as Uses;
  }

  beforeAll(async () => {
    folder = directory();
    subgraph = await startLiveSubgraph('shop', { sdl: SDL, resolvers: RESOLVERS });
    headgate = await serve();
    expect((await call('PUT', '', SDL)).status).toBe(201);
  });

  afterAll(async () => {
    await headgate.stop();
    await subgraph.close();
  });

  it('lets everything pass while nobody asks for it, and says so', async () => {
    const { status, body } = await call('POST', '/check', WITHOUT_CART);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      api: {
        recorded: { operations: 0, requests: 0 },
        changes: [{ criticality: 'breaking', coordinate: 'Query.cart', operations: 0, uses: [] }],
      },
    });
  });

  it('records operations with their clients, of all processes', async () => {
    await ask('query Cart { cart }', 'mobile-ios', '4.2', 7);
    await ask('query Names { name list(first: 3) }', 'web', '1', 2);
    await ask('query Names { name list(first: 5) }', 'web', '1', 1);
    const { requests, operations } = await usage();
    expect(requests).toBe(10);
    expect(operations.map(({ name, count }) => [name, count])).toEqual([
      ['Cart', 7],
      ['Names', 3],
    ]);
    expect(operations[0]?.clients).toMatchObject([{ name: 'mobile-ios', version: '4.2', count: 7 }]);
    expect(operations[1]?.text).toBe('query Names {\n  name\n  list(first: 0)\n}');
  });

  it.each([
    ['check', 'POST', '/check'],
    ['publish', 'PUT', ''],
  ] as const)(
    '%s refuses what a client would notice, and tells which operations and clients',
    async (_verb, method, path) => {
      const { status, body } = await call(method, path, WITHOUT_LIST);
      expect(status).toBe(422);
      expect(body).toMatchObject({
        error: {
          code: 'BREAKING_CHANGE',
          message: expect.stringContaining('Query.list was removed: web 1 ran Names 3 times in 7 days'),
          details: [
            {
              kind: 'FIELD_REMOVED',
              coordinate: 'Query.list',
              operations: 1,
              requests: 3,
              uses: [
                {
                  operation: { name: 'Names' },
                  client: { name: 'web', version: '1' },
                  count: 3,
                  error: expect.stringContaining('Cannot query field "list"'),
                },
              ],
            },
          ],
        },
      });
    },
  );

  it('knows it after a restart', async () => {
    await headgate.stop();
    expect(readFileSync(join(folder, '.headgate', 'registry', 'usage.jsonl'), 'utf8')).toContain('query Cart');
    headgate = await serve();
    const { body } = await call('POST', '/check', WITHOUT_CART);
    expect(body).toMatchObject({ error: { message: expect.stringContaining('mobile-ios 4.2 ran Cart 7 times') } });
  });

  // Commands are the same whoever answers behind the port.
  if (flags.length > 0) return;

  it('publishes it for whoever insists, and rolls back without asking', async () => {
    const file = join(folder, 'shop.graphql');
    writeFileSync(file, WITHOUT_CART);
    const refused = await command('subgraph', 'publish', 'shop', '--schema', file);
    expect(refused.stderr).toContain('error[BREAKING_CHANGE]');
    expect(refused.code).toBe(1);
    const shownBeside = await command('subgraph', 'check', 'shop', '--schema', file, '--format', 'github');
    expect(shownBeside.stdout).toContain(
      `::error file=${file},title=BREAKING_CHANGE::Query.cart was removed: mobile-ios`,
    );
    const published = await command('subgraph', 'publish', 'shop', '--schema', file, '--allow-breaking');
    expect(published.stdout).toContain('breaking: Query.cart was removed: mobile-ios 4.2 ran Cart 7 times');
    expect(published.stdout).toContain('revision 2 is current');
    const shown = await command('operations', 'usage', '--client', 'web');
    expect(shown.stdout).toContain('1 operations, 3 requests in 7d');
    expect(shown.stdout).toContain('web 1: 3');
    expect((await command('supergraph', 'rollback', '1', '--reason', 'the phones')).code).toBe(0);
    const { status, body } = await call('PUT', '', `${SDL}\ntype more { Bad: Int }`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      lint: [
        { rule: 'type_names', level: 'warn', coordinate: 'more', line: 2, column: 6 },
        { rule: 'field_names', level: 'warn', coordinate: 'more.Bad', line: 2, column: 13 },
      ],
    });
    const blamed = await command('supergraph', 'blame', 'Query.cart');
    expect(blamed.stdout.split('\n').map((line) => line.split('\t').slice(0, 4).join(' '))).toEqual([
      expect.stringMatching(/^3 \S+ added shop$/),
      expect.stringMatching(/^2 \S+ removed shop$/),
      expect.stringMatching(/^1 \S+ added shop$/),
      '',
    ]);
  });
});

describe('checks that are configured otherwise', () => {
  const directory = temporaryDirectories();

  it.each([
    ['checks: { breaking: all }', 'BREAKING_CHANGE'],
    ['checks: { breaking: off }', null],
    ['checks: { breaking: off }, lint: { type_descriptions: error }', 'LINT_FAILED'],
  ])('%s', async (sections, refusal) => {
    const folder = directory();
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `registry: { ${sections} }\ntelemetry: { usage: { enabled: false } }\nadmin: { listen: "127.0.0.1:0" }\nserver: { listen: "127.0.0.1:0" }\n`,
    );
    const subgraph = await startLiveSubgraph('shop', { sdl: SDL, resolvers: RESOLVERS });
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    try {
      const put = (sdl: string) =>
        fetch(
          new URL(`/registry/graphs/default/subgraphs/shop?url=${encodeURIComponent(subgraph.url)}`, headgate.admin),
          {
            method: 'PUT',
            body: sdl,
          },
        );
      expect((await put(`"What can be asked." ${SDL}`)).status).toBe(201);
      const answer = await put(refusal === 'LINT_FAILED' ? `${WITHOUT_CART} type New { a: Int }` : WITHOUT_CART);
      expect(await answer.json()).toMatchObject(refusal === null ? { revision: 2 } : { error: { code: refusal } });
      expect((await fetch(new URL('/graphs/default/usage', headgate.admin))).status).toBe(404);
      expect(existsSync(join(folder, '.headgate', 'registry', 'usage.jsonl'))).toBe(false);
    } finally {
      await headgate.stop();
      await subgraph.close();
    }
  });
});
