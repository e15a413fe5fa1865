import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@listSize"])
type Query { things(n: Int, pad: String): [Thing] @listSize(slicingArguments: ["n"]) }
type Thing { id: ID }
`;
const DOCUMENTS = {
  good: 'query Good($n: Int = 1, $pad: String) { things(n: $n, pad: $pad) { id } }',
  wide: 'query Wide { a: __typename b: __typename c: __typename }',
};
const LIMITS = `limits: { max_root_fields: 2, request_bytes: 10KB }
demand_control: { mode: enforce, max: 5 }
persisted_documents: { manifests: [ ./documents.json ] }
`;
const RATES = `rate_limit: { policies: [ { name: p, when: '"x-client" in request.headers', key: 'request.headers["x-client"]', rate: 2, period: 1h } ] }
`;

interface Asked {
  readonly document: keyof typeof DOCUMENTS;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly client?: string;
}

interface Seen {
  readonly status: number;
  /** Undefined where there is data. */
  readonly code: unknown;
}

let headgate: HeadgateProcess;

async function send(parameters: object, { client }: Asked, method: 'GET' | 'POST', path = ''): Promise<Seen> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const answer = await fetch(`${headgate.graphql}${path}${method === 'GET' ? `?${search}` : ''}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'apollo-require-preflight': '1',
      ...(client && { 'x-client': client }),
    },
    ...(method === 'POST' && { body: JSON.stringify(parameters) }),
  });
  const text = await answer.text();
  const body = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: answer.status, code: body.errors?.[0]?.extensions.code ?? body.code };
}

/** The text with its hash once, then the hash alone. */
async function byHash(asked: Asked, method: 'GET' | 'POST'): Promise<Seen> {
  const query = DOCUMENTS[asked.document];
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const named = { variables: asked.variables, extensions: { persistedQuery: { version: 1, sha256Hash } } };
  const first = await send({ query, ...named }, asked, method);
  return first.code === undefined ? send(named, asked, method) : first;
}

const text = ({ document, variables }: Asked) => ({ query: DOCUMENTS[document], variables });
const id = ({ document, variables }: Asked) => ({ documentId: document, variables });
const variablesOf = ({ variables }: Asked) => ({ variables });

/** Every way in which an operation reaches the gateway, a line each. */
const WAYS: readonly (readonly [name: string, way: (asked: Asked) => Promise<Seen>])[] = [
  ['POST', (asked) => send(text(asked), asked, 'POST')],
  ['GET', (asked) => send(text(asked), asked, 'GET')],
  ['a hash by POST', (asked) => byHash(asked, 'POST')],
  ['a hash by GET', (asked) => byHash(asked, 'GET')],
  ['the id of a document by POST', (asked) => send(id(asked), asked, 'POST')],
  ['the id of a document by GET', (asked) => send(id(asked), asked, 'GET')],
  ['the id of a document in the path', (asked) => send(variablesOf(asked), asked, 'POST', `/${asked.document}`)],
];

let subgraph: ScriptedServer;
const directory = temporaryDirectories();
let folder: string;

/** As editors and deployments write: in one step. */
function write(rates: string): void {
  const text = `server: { listen: "127.0.0.1:0" }
admin: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
store: { timeout: 20s }
subgraphs: { things: { schema: { file: ./things.graphql }, url: "${subgraph.url}" } }
${LIMITS}${rates}`;
  writeFileSync(join(folder, 'next.yaml'), text);
  renameSync(join(folder, 'next.yaml'), join(folder, 'headgate.yaml'));
}

async function serve(workers: number, rates = RATES): Promise<void> {
  folder = directory();
  subgraph = await startScriptedServer(answerJson({ data: { things: [] } }));
  writeFileSync(join(folder, 'things.graphql'), SDL);
  writeFileSync(join(folder, 'documents.json'), JSON.stringify(DOCUMENTS));
  write(rates);
  headgate = await startHeadgate(['serve', '--workers', String(workers)], { cwd: folder });
}

async function end(): Promise<void> {
  await headgate?.stop();
  await subgraph?.kill();
}

describe('limits', () => {
  beforeAll(() => serve(1));
  afterAll(end);

  describe.each(WAYS)('of %s', (name, ask) => {
    it('let pass what keeps to them', async () => {
      expect(await ask({ document: 'good', variables: { n: 5 } })).toEqual({ status: 200, code: undefined });
    });

    it('refuse a document that is too wide', async () => {
      expect(await ask({ document: 'wide' })).toMatchObject({ status: 400, code: 'OPERATION_LIMIT_EXCEEDED' });
    });

    it('refuse what would cost too much with its variables', async () => {
      const seen = await ask({ document: 'good', variables: { n: 6 } });
      expect(seen).toEqual({ status: 400, code: 'COST_ESTIMATED_TOO_EXPENSIVE' });
    });

    it('refuse a client that comes too often, and no other', async () => {
      const seen: Seen[] = [];
      for (let times = 0; times < 3; times++) seen.push(await ask({ document: 'good', client: name }));
      expect(seen[0]).toEqual({ status: 200, code: undefined });
      expect(seen[2]).toEqual({ status: 429, code: 'REQUEST_RATE_LIMITED' });
      expect((await ask({ document: 'good', client: `not ${name}` })).status).toBe(200);
    });

    it('refuse a request that is too large', async () => {
      const { status } = await ask({ document: 'good', variables: { pad: 'x'.repeat(20_000) } });
      expect([413, 431]).toContain(status);
    });
  });
});

describe('rate limits of several workers', () => {
  beforeAll(() => serve(2));
  afterAll(end);
  const ask = (client: string) => send({ query: DOCUMENTS.good }, { document: 'good', client }, 'POST');

  it('are those of all of them together', async () => {
    const seen = await Promise.all(Array.from({ length: 40 }, () => ask('many')));
    expect(seen.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(seen.filter(({ code }) => code === 'REQUEST_RATE_LIMITED')).toHaveLength(38);
    const metrics = await (await fetch(new URL('/metrics', headgate.admin))).text();
    const counted = [...metrics.matchAll(/^headgate_rate_limit_requests_total\{(.*)\} (\d+)$/gm)];
    expect(counted.every(([, labels]) => labels?.includes('counted_by="store"'))).toBe(true);
    expect(counted.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(40);
  });

  it('are those of a new configuration as soon as it is in service', async () => {
    write(RATES.replace('rate: 2', 'rate: 3'));
    await headgate.logged('"event":"config.reloaded"');
    const seen = await Promise.all(Array.from({ length: 10 }, () => ask('many')));
    expect(seen.filter(({ status }) => status === 200)).toHaveLength(3);
    write('');
    await headgate.logged('take effect on restart: rate_limit');
    expect((await ask('many')).status).toBe(429);
  });
});
