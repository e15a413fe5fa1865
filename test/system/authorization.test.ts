import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@authenticated", "@requiresScopes", "@policy"])
type Query {
  open: String
  mine: String @authenticated
  salary: Int @requiresScopes(scopes: [["hr"]])
  note: String @policy(policies: [["own"]])
  risk: String @policy(policies: [["low-risk"]])
}`;
const QUERY = '{ open mine salary note risk }';
const HASH = createHash('sha256').update(QUERY).digest('hex');
const OPEN = { open: 'o', mine: null, salary: null, note: null, risk: null };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const PLUGIN = `module.exports = ({ IDENTITY }) => ({
  name: 'risk',
  policies: async (names, call) => {
    if (call.headers['x-break'] === '1') throw new Error('the risk service is down');
    return Object.fromEntries(names.map((name) => [name, call.facts.get(IDENTITY)?.claims.sub === 'boss']));
  },
});`;

interface Answered {
  readonly status: number;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly path?: readonly string[]; readonly extensions: { readonly code: string } }[];
    readonly extensions?: {
      readonly subgraphCalls?: readonly unknown[];
      readonly queryPlan?: { readonly text: string };
    };
  };
}

describe.each([1, 2])('authorization with --workers %i', (workers) => {
  const directory = temporaryDirectories();
  let subgraph: LiveSubgraph;
  let headgate: HeadgateProcess;
  let folder: string;

  function configure(authorization: string): void {
    const text = `server: { listen: "127.0.0.1:0" }
admin: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
query_plan: { expose: on_request }
subgraphs: { staff: { schema: { file: ./staff.graphql }, url: "${subgraph.url}" } }
authentication:
  api_keys:
    keys: [ { name: hr, sha256: ${sha256('hr key')}, scopes: [ hr ] }, { name: boss, sha256: ${sha256('boss key')} } ]
persisted_documents: { manifests: [ ./manifest.json ] }
authorization: ${authorization}
plugins: [ ./risk.js ]
`;
    writeFileSync(join(folder, 'new.yaml'), text);
    renameSync(join(folder, 'new.yaml'), join(folder, 'headgate.yaml'));
  }

  beforeAll(async () => {
    const resolvers = {
      Query: { open: () => 'o', mine: () => 'm', salary: () => 9, note: () => 'n', risk: () => 'r' },
    };
    subgraph = await startLiveSubgraph('staff', { sdl: SDL, resolvers });
    folder = directory();
    writeFileSync(join(folder, 'staff.graphql'), SDL);
    writeFileSync(join(folder, 'risk.js'), PLUGIN);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ staff: QUERY }));
    configure(`{ policies: { own: 'request.auth.claims.sub == request.headers["x-user"]' } }`);
    headgate = await startHeadgate(['serve', '--workers', String(workers)], { cwd: folder });
  });
  afterAll(async () => {
    await headgate?.stop();
    await subgraph?.close();
  });

  async function ask(
    headers: Record<string, string> = {},
    body: object | string = { query: QUERY },
  ): Promise<Answered> {
    const isGet = typeof body === 'string';
    const url = isGet ? `${headgate.graphql}?${body}` : headgate.graphql;
    const answer = await fetch(url, {
      method: isGet ? 'GET' : 'POST',
      headers: {
        ...(isGet ? { 'apollo-require-preflight': '1' } : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(isGet ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Answered['body'] };
  }

  const HR = { 'x-api-key': 'hr key' };
  const BOSS = { 'x-api-key': 'boss key', 'x-user': 'boss' };

  it('gives each client what it may have, however the operation comes', async () => {
    const persistedQuery = { version: 1, sha256Hash: HASH };
    const ways: (object | string)[] = [
      { query: QUERY },
      `query=${encodeURIComponent(QUERY)}`,
      { documentId: 'staff' },
      { query: QUERY, extensions: { persistedQuery } },
      { extensions: { persistedQuery } },
    ];
    for (const way of ways) {
      const anonymous = await ask({}, way);
      expect([anonymous.status, anonymous.body.data]).toEqual([200, OPEN]);
      expect(anonymous.body.errors?.map(({ path, extensions: { code } }) => [path, code])).toEqual(
        ['mine', 'salary', 'note', 'risk'].map((field) => [[field], 'UNAUTHORIZED_FIELD_OR_TYPE']),
      );
      expect((await ask(HR, way)).body.data).toEqual({ ...OPEN, mine: 'm', salary: 9 });
      expect((await ask(BOSS, way)).body.data).toEqual({ ...OPEN, mine: 'm', note: 'n', risk: 'r' });
    }
    const failing = await ask({ ...BOSS, 'x-break': '1' });
    expect(failing.body.data).toEqual({ ...OPEN, mine: 'm', note: 'n' });
    expect(await headgate.logged('"event":"internal.error"')).toContain('plugin risk (policies)');
    expect(await headgate.logged('"event":"operation.unauthorized"', '"mode":"filter"')).toContain('"mine"');
  });

  it('shows the plan of what is permitted', async () => {
    const { extensions } = (await ask({ ...HR, 'apollo-expose-query-plan': 'true' })).body;
    expect(extensions?.queryPlan?.text).toContain('salary');
    expect(extensions?.queryPlan?.text).not.toMatch(/note|risk/);
  });

  it('follows the configuration', async () => {
    configure('{ directives: { mode: reject } }');
    await headgate.logged('"event":"config.reloaded"');
    const { status, body } = await ask(HR);
    expect([status, body.data]).toEqual([403, undefined]);
    expect(body.errors?.map(({ path }) => path)).toEqual([['note'], ['risk']]);
    expect((await ask(HR, { query: '{ salary }' })).body).toEqual({ data: { salary: 9 } });
    const metrics = await (await fetch(new URL('/metrics', headgate.admin))).text();
    expect(metrics).toMatch(/headgate_authorization_refusals_total\{.*mode="reject".*\} 1/);
  });

  it('shows the schema that a client may use, from the reload on', async () => {
    const names = async (headers: Record<string, string>) => {
      const { data } = (await ask(headers, { query: '{ __type(name: "Query") { fields { name } } }' })).body;
      return JSON.stringify(data).match(/(?<="name":")\w+/g);
    };
    expect(await names({})).toEqual(['open', 'mine', 'salary', 'note', 'risk']);
    const before = headgate.lines('"event":"config.reloaded"').length;
    configure('{ directives: { introspection: filter } }');
    while (headgate.lines('"event":"config.reloaded"').length === before) await pause(20);
    expect(await names({})).toEqual(['open']);
    expect(await names(HR)).toEqual(['open', 'mine', 'salary']);
    expect(await names(BOSS)).toEqual(['open', 'mine', 'note', 'risk']);
    const { errors } = (await ask({}, { query: '{ salary salry }' })).body;
    expect(errors).toMatchObject([
      { message: 'Cannot query field "salary" on type "Query".' },
      { message: 'Cannot query field "salry" on type "Query".' },
    ]);
  });
});
