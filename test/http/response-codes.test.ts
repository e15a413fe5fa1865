import { type LocalServer, startLocalServer } from '../fixtures/local-server';

const GRAPHQL = 'application/graphql-response+json';
const JSON_TYPE = 'application/json';
const HASH = 'a'.repeat(64);

type Row = readonly [
  what: string,
  body: unknown,
  audit: number,
  auditOfJson: number,
  draft: number,
  draftOfJson: number,
];

const ROWS: readonly Row[] = [
  ['data', { query: '{ hello }' }, 200, 200, 200, 200],
  ['data and errors', { query: '{ hello refuse(code: "NO") }' }, 200, 200, 294, 200],
  ['null and errors', { query: '{ long(characters: -1) }' }, 200, 200, 294, 200],
  ['no JSON', '{"query":', 400, 400, 400, 400],
  ['no query', { qeury: '{ hello }' }, 400, 400, 422, 422],
  ['a list of requests', [{ query: '{ hello }' }], 400, 400, 422, 422],
  ['variables that are no object', { query: '{ hello }', variables: [7] }, 400, 400, 422, 422],
  ['a document that does not parse', { query: '{' }, 400, 200, 400, 400],
  ['a document that is not valid', { query: '{ goodbye }' }, 400, 200, 422, 422],
  ['no such operation', { query: 'query A { hello }', operationName: 'B' }, 400, 400, 422, 422],
  ['variables that do not fit', { query: 'query ($n: Int!) { long(characters: $n) }' }, 400, 200, 422, 422],
  ['too many aliases', { query: `{ ${[1, 2, 3, 4, 5, 6].map((n) => `a${n}: hello`).join(' ')} }` }, 400, 200, 422, 422],
  ['a subscription', { query: 'subscription { renamed }' }, 400, 400, 422, 422],
  ['an unknown hash', { extensions: { persistedQuery: { version: 1, sha256Hash: HASH } } }, 200, 200, 422, 422],
  ['a planner that is busy', { query: 'query planlessOperation { hello }' }, 503, 503, 503, 503],
];

/** One request by each accept header. */
async function statuses({ graphql }: LocalServer, body: unknown): Promise<readonly [status: number, type: string][]> {
  const answers: [number, string][] = [];
  for (const accept of [GRAPHQL, JSON_TYPE]) {
    const response = await fetch(graphql, {
      method: 'POST',
      headers: { accept, 'content-type': JSON_TYPE },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    await response.text();
    answers.push([response.status, response.headers.get('content-type')?.split(';')[0] ?? '']);
  }
  return answers;
}

describe.each<[string, readonly object[]]>([
  ['by our own way', []],
  ['through Apollo Server', [{}]],
])('statuses of GraphQL answers %s', (_way, apolloPlugins) => {
  let audit: LocalServer;
  let draft: LocalServer;

  beforeAll(async () => {
    audit = await startLocalServer({}, { apolloPlugins });
    draft = await startLocalServer({ responseCodes: 'draft2026' }, { apolloPlugins });
  });
  afterAll(async () => {
    await Promise.all([audit?.close(), draft?.close()]);
  });

  it.each(ROWS)('for %s', async (_what, body, ofAudit, ofAuditJson, ofDraft, ofDraftJson) => {
    expect(await statuses(audit, body)).toEqual([
      [ofAudit, GRAPHQL],
      [ofAuditJson, JSON_TYPE],
    ]);
    // What is no success is never taken for something of a proxy.
    expect(await statuses(draft, body)).toEqual([
      [ofDraft, GRAPHQL],
      [ofDraftJson, ofDraftJson === 200 ? JSON_TYPE : GRAPHQL],
    ]);
  });

  it('for what is asked for by GET', async () => {
    const get = (server: LocalServer, search: string) =>
      fetch(`${server.graphql}?${search}`, { headers: { accept: GRAPHQL, 'apollo-require-preflight': '1' } });
    const mutation = 'query=mutation{rename(name:"a")}';
    expect((await get(draft, mutation)).status).toBe(405);
    expect((await get(draft, 'query={hello}&variables=[7]')).status).toBe(422);
    expect((await get(draft, 'query={hello}&variables=nonsense')).status).toBe(400);
    expect((await get(audit, 'query={hello}&variables=[7]')).status).toBe(400);
  });
});
