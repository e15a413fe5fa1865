import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { adapterSdl } from '../fixtures/rest-adapter';
import { samplesOf } from '../fixtures/scraped';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const SDL = 'type Query { name: String }\n';
const REST = adapterSdl(`
  type Query {
    plain: String @connect(source: "api", http: { GET: "/plain" }, selection: "$.name")
    personal: String @connect(source: "api", http: { GET: "/personal", headers: [{ name: "x-user", from: "x-user" }] }, selection: "$.name")
  }`);

interface Answered {
  readonly status: number;
  readonly id: string | null;
  readonly body: unknown;
}

/** One gateway process, and services whose answers wait for the test. */
describe('equal queries of several clients', () => {
  const directory = temporaryDirectories();
  let service: ScriptedServer;
  let headgate: HeadgateProcess;
  /** Answers that wait. */
  let held: (() => void)[];
  /** Resolves when the next request has reached the service. */
  let arrived: () => Promise<void>;

  beforeAll(async () => {
    held = [];
    let onArrival = () => {};
    service = await startScriptedServer((request, response, socket) => {
      const data =
        request.method === 'GET' ? { name: `${request.headers['x-user'] ?? 'all'}` } : { data: { name: 'all' } };
      // Checks of the instance are answered at once.
      if (request.method === 'POST' && !/"query":"(query )?\{ ?name ?\}"/.test(request.body))
        return answerJson({ data: { __typename: 'Query' } })(request, response, socket);
      held.push(() => answerJson(data)(request, response, socket));
      onArrival();
    });
    arrived = () => new Promise((resolve) => (onArrival = resolve));
    const folder = directory();
    writeFileSync(join(folder, 'names.graphql'), SDL);
    writeFileSync(join(folder, 'users.graphql'), REST);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
headers: { subgraphs: { users: { request: [ { propagate: { named: x-user } } ] } } }
subgraphs:
  names: { schema: { file: ./names.graphql }, url: "http://127.0.0.1:${service.port}/graphql" }
  users: { rest: ./users.graphql, sources: { api: { instances: [ { url: "http://127.0.0.1:${service.port}" } ] } } }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });
  afterAll(async () => {
    await headgate.stop();
    await service.kill();
  });

  function ask(query: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Answered> {
    return fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
      ...(signal !== undefined && { signal }),
    }).then(async (response) => ({
      status: response.status,
      id: response.headers.get('x-request-id'),
      body: await response.json(),
    }));
  }

  /** Prepared, so that what follows is found at once. */
  async function prepare(query: string): Promise<void> {
    const there = arrived();
    const answer = ask(query);
    await there;
    answerAll();
    await answer;
  }

  function answerAll(): number {
    const count = held.length;
    for (const answer of held.splice(0)) answer();
    return count;
  }

  /** What the metrics count for a subgraph. */
  async function callsOf(subgraph: string): Promise<number> {
    const text = await (await fetch(`${headgate.admin}/metrics`)).text();
    return samplesOf(text).get(`headgate_subgraph_calls_total{subgraph="${subgraph}",code="OK"}`) ?? 0;
  }

  /** Another request has been answered: what was sent before it has been received. */
  async function received(): Promise<void> {
    await fetch(new URL('/health/live', headgate.graphql));
  }

  it.each([
    ['a GraphQL subgraph', '{ name }', 'names'],
    ['a REST adapter', '{ plain }', 'users'],
  ])('are one call to %s, however different the headers that nobody reads', async (_what, query, subgraph) => {
    await prepare(query);
    const before = await callsOf(subgraph);
    const there = arrived();
    const asked = [ask(query, { traceparent: '1', authorization: 'a' })];
    await there;
    asked.push(ask(query, { traceparent: '2', authorization: 'b' }), ask(query, { cookie: 'c' }));
    for (const _each of asked) await received();
    expect(answerAll()).toBe(1);
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    // Each has a line of its own, which names the call; it is counted once.
    for (const { id } of answers) expect(await headgate.logged(`"id":"${id}"`)).toContain(`"subgraph":"${subgraph}"`);
    expect((await callsOf(subgraph)) - before).toBe(1);
  });

  it('are told apart by a header that a mapping reads', async () => {
    await prepare('{ personal }');
    const [one, other] = [arrived(), ask('{ personal }', { 'x-user': 'ann' })];
    await one;
    const second = arrived();
    const third = ask('{ personal }', { 'x-user': 'bob' });
    await second;
    expect(answerAll()).toBe(2);
    expect([(await other).body, (await third).body]).toEqual([
      { data: { personal: 'ann' } },
      { data: { personal: 'bob' } },
    ]);
  });

  it('go on for the others when the one that came first leaves', async () => {
    await prepare('{ name }');
    const leaver = new AbortController();
    const there = arrived();
    const first = ask('{ name }', {}, leaver.signal);
    const left = expect(first).rejects.toThrow();
    await there;
    const second = ask('{ name }');
    await received();
    leaver.abort();
    await left;
    await headgate.logged('"status":499');
    expect(answerAll()).toBe(1);
    expect(await second).toMatchObject({ status: 200, body: { data: { name: 'all' } } });
  });
});
