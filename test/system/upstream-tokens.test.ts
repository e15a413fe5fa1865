import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Canaries } from '../fixtures/canaries';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { CLIENT, OidcProvider } from '../fixtures/oidc-provider';
import { answerJson, type Script, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const canaries = new Canaries();
const of = (slot: string) => canaries.of(slot);

const STOCK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect", "@source"])
  @source(name: "api", http: { baseURL: "http://127.0.0.1:1" })
  @source(name: "open", http: { baseURL: "http://127.0.0.1:1" })
type Query {
  stock: Int @connect(source: "api", http: { GET: "/stock" }, selection: "$.count")
  free: Int @connect(source: "open", http: { GET: "/free" }, selection: "$.count")
}
type Mutation { order: Int @connect(source: "api", http: { POST: "/order" }, selection: "$.count") }`;

/** Of the server of tokens: which ones it gives, to whom. */
const giving =
  (token: (form: URLSearchParams) => string): Script =>
  (request, response, socket) =>
    answerJson({ access_token: token(new URLSearchParams(request.body)), token_type: 'Bearer', expires_in: 3600 })(
      request,
      response,
      socket,
    );

/** Takes some tokens only, and says in an error what it was shown. */
const taking =
  (isRight: (token: string) => boolean, body: unknown): Script =>
  (request, response, socket) => {
    const { authorization = '' } = request.headers;
    if (isRight(authorization)) return answerJson(body)(request, response, socket);
    answerJson({ errors: [{ message: `wrong: ${JSON.stringify(request.headers)}` }] }, 401)(request, response, socket);
  };

describe('tokens that the gateway shows', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let things: ScriptedServer;
  let people: ScriptedServer;
  let api: ScriptedServer;
  let issuer: ScriptedServer;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    folder = directory();
    [things, people, api, issuer] = (await Promise.all(
      Array.from({ length: 4 }, () => startScriptedServer(answerJson({}))),
    )) as [ScriptedServer, ScriptedServer, ScriptedServer, ScriptedServer]; // as: four
    writeFileSync(join(folder, 'things.graphql'), 'type Query { thing: String } type Mutation { change: String }');
    writeFileSync(join(folder, 'people.graphql'), 'type Query { me: String }');
    writeFileSync(join(folder, 'stock.graphql'), STOCK);
    const client = `token_endpoint: "${issuer.url}", client_id: gw, client_secret: "\${env.CLIENT_SECRET}"`;
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
admin: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs:
  things: { schema: { file: ./things.graphql }, url: "${things.url}", auth: { client_credentials: { ${client}, scopes: [ things ] } } }
  people: { schema: { file: ./people.graphql }, url: "${people.url}", auth: { token_exchange: { ${client}, audience: people } } }
  stock:
    rest: ./stock.graphql
    sources:
      api: { url: "${api.url}", auth: { client_credentials: { ${client}, audience: api } } }
      open: { url: "${api.url}" }
headers: { all: { request: [ { propagate: { named: authorization } } ] } }
traffic_shaping: { all: { retry: { max_attempts: 1 }, health_check: false } }
log: { level: debug }
planning: { deadline: 1m }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder, env: { CLIENT_SECRET: of('client secret') } });
  });
  afterAll(async () => {
    await headgate?.stop();
    await Promise.all([things, people, api, issuer].map((server) => server?.kill()));
  });

  async function ask(query: string, headers: Record<string, string> = {}) {
    const answer = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    return (await answer.json()) as {
      data?: unknown;
      errors?: { message: string; extensions: { code: string; errorId?: string } }[];
    };
  }
  const lastShown = ({ received }: ScriptedServer) => received.at(-1)?.headers.authorization;

  it('are its own for a subgraph, in the place of what a rule would send, and another one after a 401', async () => {
    issuer.script = giving(() => of('first token'));
    things.script = taking((token) => token === `Bearer ${of('first token')}`, { data: { thing: 'a', b: 'a' } });
    const client = { authorization: `Bearer ${of("a client's token")}` };
    expect(await ask('{ thing }', client)).toEqual({ data: { thing: 'a' } });
    expect(await ask('{ b: thing }', client)).toMatchObject({ data: { b: 'a' } });
    expect(issuer.received.map(({ body }) => new URLSearchParams(body).get('scope'))).toEqual(['things']);

    issuer.script = giving(() => of('second token'));
    things.script = taking((token) => token === `Bearer ${of('second token')}`, { data: { thing: 'b', change: 'c' } });
    const asked = things.received.length;
    expect(await ask('{ thing }', client)).toEqual({ data: { thing: 'b' } });
    expect(things.received.length - asked).toBe(2);
    expect(lastShown(things)).toBe(`Bearer ${of('second token')}`);
  });

  it('are those of each client, who share nothing, where its own is exchanged', async () => {
    issuer.script = giving((form) => `${form.get('subject_token')}-for-${form.get('audience')}`);
    people.script = (request, response, socket) =>
      answerJson({ data: { me: request.headers.authorization ?? null } })(request, response, socket);
    const [ada, bob] = await Promise.all(
      ['ada', 'bob'].map((name) => ask('{ me }', { authorization: `Bearer ${name}` })),
    );
    expect([ada, bob]).toEqual(['ada', 'bob'].map((name) => ({ data: { me: `Bearer ${name}-for-people` } })));
    expect(await ask('{ me }')).toEqual({ data: { me: null } });
  });

  it('are for one source of a REST subgraph, and not for the others', async () => {
    issuer.script = giving((form) => `for-${form.get('audience')}`);
    api.script = taking((token) => token === 'Bearer for-api' || token === '', { count: 3 });
    expect(await ask('{ stock }')).toEqual({ data: { stock: 3 } });
    expect(lastShown(api)).toBe('Bearer for-api');
    expect(await ask('{ free }')).toEqual({ data: { free: 3 } });
    expect(lastShown(api)).toBeUndefined();
    api.script = taking((token) => token === 'Bearer renewed', { count: 4 });
    issuer.script = giving(() => 'renewed');
    const orders = api.received.length;
    // What changes something is not sent again; the next one shows another token.
    expect(await ask('mutation { order }')).toMatchObject({ data: { order: null } });
    expect(api.received.length - orders).toBe(1);
    expect(await ask('mutation { order }')).toEqual({ data: { order: 4 } });
  });

  it('that cannot be had are told by a code, and blame no instance', async () => {
    issuer.script = answerJson({ error: 'invalid_target', error_description: of('words of the issuer') }, 400);
    const asked = people.received.length;
    const { data, errors = [] } = await ask('{ me }', { authorization: `Bearer ${of('a token of eve')}` });
    expect([data, errors[0]?.extensions.code]).toEqual([{ me: null }, 'UPSTREAM_UNAUTHENTICATED']);
    const line = await headgate.logged('"event":"subgraph.errors.withheld"', 'UPSTREAM_UNAUTHENTICATED');
    expect(line).toContain(errors[0]?.extensions.errorId);
    expect(people.received.length).toBe(asked);
    expect(await headgate.logged('"event":"token.failed"', 'people/tokens')).toContain('answered 400 (invalid_target)');
    const pools = JSON.stringify(await (await fetch(new URL('/pools', headgate.admin))).json());
    expect(pools).toContain('people/tokens');
    const metrics = await (await fetch(new URL('/metrics', headgate.admin))).text();
    expect(metrics).toMatch(/headgate_upstream_tokens_total\{.*pool="people\/tokens",outcome="failed".*\} 1/);
    expect(metrics).toMatch(/headgate_upstream_tokens_total\{.*pool="things\/tokens",outcome="given".*\} [23]/);
  });

  it('are told to nobody else, nor is what they are asked with', async () => {
    things.script = (request, response, socket) => {
      const message = `echo ${JSON.stringify(request.headers)}`;
      answerJson({ data: { thing: null }, errors: [{ message, path: ['thing'] }] })(request, response, socket);
    };
    await ask('{ echoed: thing }');
    expect(await headgate.logged('"event":"subgraph.errors.withheld"', 'echo ')).toContain('[redacted]');
    expect(canaries.in(headgate.lines('').join('\n'))).toEqual([]);
    const { stdout } = await runHeadgate(['config', 'print'], {
      cwd: folder,
      env: { CLIENT_SECRET: of('client secret') },
    });
    expect(canaries.in(stdout)).toEqual([]);
    expect(canaries.in(JSON.stringify([issuer.received, things.received]))).toEqual(
      expect.arrayContaining(['a token of eve', 'first token', 'second token']),
    );
  });

  it('are those of a real provider', async () => {
    const provider = await OidcProvider.start();
    const other = directory();
    writeFileSync(join(other, 'things.graphql'), 'type Query { thing: String }');
    writeFileSync(
      join(other, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs:
  things:
    schema: { file: ./things.graphql }
    url: "${things.url}"
    auth: { client_credentials: { token_endpoint: "${provider.issuer}/token", client_id: ${CLIENT.id}, client_secret: "${CLIENT.secret}", scopes: [ read ] } }
planning: { deadline: 1m }
`,
    );
    const gateway = await startHeadgate(['serve'], { cwd: other });
    try {
      things.script = taking((token) => token !== '', { data: { thing: 'real' } });
      const answer = await fetch(gateway.graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ thing }"}',
      });
      expect(await answer.json()).toEqual({ data: { thing: 'real' } });
      const asked = await fetch(`${provider.issuer}/token/introspection`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`).toString('base64')}`,
        },
        body: new URLSearchParams({ token: lastShown(things)?.replace('Bearer ', '') ?? '' }),
      });
      expect(await asked.json()).toMatchObject({ active: true, scope: 'read', client_id: CLIENT.id });
    } finally {
      await gateway.stop();
      await provider.stop();
    }
  });
});
