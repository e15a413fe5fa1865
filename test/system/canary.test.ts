import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Canaries, filesBelow } from '../fixtures/canaries';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import {
  answerJson,
  type ReceivedRequest,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const canaries = new Canaries();
const of = (slot: string) => canaries.of(slot);
const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

const THINGS = `type Query { thing(id: ID, deep: Deep): String later: String }
input Deep { text: String }`;
const STOCK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect", "@source"])
  @source(name: "api", http: { baseURL: "http://127.0.0.1:1", headers: [ { name: "x-stock", value: "{$env.REST_KEY}{$config.api_key}{$config.far.given}" } ] })
type Query { stock(id: ID!): Int @connect(source: "api", http: { GET: "/stock/{$args.id}?key={$env.REST_QUERY}" }, selection: "$.count") }`;

const PLUGIN = `module.exports = {
  name: 'thrower',
  http: (next) => (exchange) => {
    if (exchange.headers['x-crash'] === 'now') setTimeout(() => { throw new Error('thrown by a plugin'); }, 50);
    return next(exchange);
  },
};`;

/** Says in its error all that it was sent, as careless services do. */
const echoing = ({ url, headers, body }: ReceivedRequest, secret: string) =>
  JSON.stringify({ said: `${secret} ${url} ${JSON.stringify(headers)} ${body}` });

/** How a subgraph can fail while it tells. */
const FAILURES: Readonly<Record<string, (slot: string) => Script>> = {
  'an error': (slot) => (request, response, socket) =>
    answerJson({
      data: { thing: null },
      errors: [
        {
          message: echoing(request, of(slot)),
          path: ['thing'],
          extensions: { code: 'X', seen: of(slot), stacktrace: [of(slot)] },
        },
      ],
    })(request, response, socket),
  'status 500': (slot) => (request, response) => {
    response.writeHead(500, { 'content-type': 'text/html', 'x-inside': of(slot) }).end(echoing(request, of(slot)));
  },
  'no JSON': (slot) => (request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(`{"data": ${of(slot)} ${echoing(request, of(slot))}`);
  },
  'another shape': (slot) => (request, response, socket) =>
    answerJson({ data: [of(slot)], errors: of(slot) })(request, response, socket),
  'a long header': (slot) => (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'application/json', 'x-inside': `${of(slot)}${'x'.repeat(70_000)}` })
      .end('{}');
  },
  'a redirect': (slot) => (_request, response) => {
    response.writeHead(302, { location: `http://user:${of(slot)}@127.0.0.1/${of(slot)}` }).end();
  },
  'another length': (slot) => (_request, response, socket) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '9999' });
    response.write(of(slot));
    socket.destroySoon();
  },
};

/** The log has what a subgraph says, without what is known of it: a secret of its own, or one within the document, is not. */
const isToldToTheLog = (place: string, slot: string) =>
  place === 'log' && (slot === 'literal' || slot === 'subgraph, an error' || slot === 'path');

describe('a secret', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let things: ScriptedServer;
  let api: ScriptedServer;
  let headgate: HeadgateProcess;
  /** What clients and operators were answered, each with what it was asked for. */
  const answers: string[] = [];
  const secretEnv = () => ({
    HEADGATE_ADMIN_TOKEN: of('admin token'),
    INSERTED: of('env in a header rule'),
    REST_KEY: of('env of a REST source'),
    REST_QUERY: of('env in the query of a REST source'),
    REST_CONFIG: of('config of a REST source, from outside'),
  });

  const configuration = (
    depth: string,
    redact = '[ headers, variables ]',
  ) => `server: { listen: "127.0.0.1:0", drain_timeout: 200ms }
admin: { keys: [ { name: ops, sha256: ${sha256(of('admin key'))}, scopes: [ admin ] } ] }
authentication:
  api_keys: { keys: [ { name: mobile, sha256: ${sha256(of('api key'))} } ] }
  introspection: { endpoint: "${api.url}/introspect", client_id: gateway, client_secret: "${of('client secret')}", sources: [ { type: header, name: x-idp-token, prefix: "" } ] }
supergraph: { source: subgraphs }
subgraphs:
  things: { schema: { file: ./things.graphql }, url: "${things.url}" }
  stock:
    rest: ./stock.graphql
    sources: { api: { url: "${api.url}", env: [ REST_KEY, REST_QUERY ], config: { api_key: "${of('config of a REST source')}", far: { given: "\${env.REST_CONFIG}" } } } }
headers:
  all:
    request:
      - { propagate: { matching: "^x-|^authorization$|^cookie$" } }
      - { insert: { name: x-inserted, value: "\${env.INSERTED}" } }
      - { insert: { name: authorization-of-ours, value: "Basic ${of('header rule')}" } }
traffic_shaping: { all: { timeout: 2s, retry: { max_attempts: 1 }, health_check: { interval: 1h } } }
limits: { max_depth: ${depth} }
log: { level: debug }
plugins: [ ./plugin.cjs ]
planning: { deadline: 1m }
audit: { path: ./.headgate/audit.jsonl }
telemetry: { logs: { redact: ${redact} } }
`;

  async function send(url: string, init: RequestInit): Promise<Response | null> {
    const response = await fetch(url, init).catch(() => null);
    if (response === null) return null;
    answers.push(`${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`);
    return response;
  }

  /** Sends all that a client has to say, secrets in every place of it. */
  async function askThings(more: Record<string, string> = {}): Promise<void> {
    await send(`${headgate.graphql}?unknown=${of('query of a URL')}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${of('token')}`,
        cookie: `session=${of('cookie')}`,
        'x-api-key': of('api key'),
        'x-whatever': of('header'),
        ...more,
      },
      body: JSON.stringify({
        query: `query Things($id: ID, $deep: Deep) { thing(id: $id, deep: $deep) other: thing(id: "${of('literal')}") }`,
        variables: { id: of('variable'), deep: { text: of('variable within') }, unknown: of('unknown variable') },
        extensions: { told: of('extension') },
      }),
    });
  }

  async function operate(method: string, path: string, body?: string, token = of('admin token')): Promise<void> {
    const init = { method, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) };
    await send(new URL(path, headgate.admin).href, init);
  }

  /** Resolves when the gateway has said what became of it. */
  async function replaceConfiguration(text: string, event: 'config.reloaded' | 'config.refused'): Promise<void> {
    const before = headgate.lines(event).length;
    writeFileSync(join(folder, 'next.yaml'), text);
    renameSync(join(folder, 'next.yaml'), join(folder, 'headgate.yaml'));
    while (headgate.lines(event).length === before) await pause(20);
  }

  beforeAll(async () => {
    folder = directory();
    [things, api] = await Promise.all([
      startScriptedServer(answerJson({ data: {} })),
      startScriptedServer(answerJson({})),
    ]);
    writeFileSync(join(folder, 'things.graphql'), THINGS);
    writeFileSync(join(folder, 'stock.graphql'), STOCK);
    writeFileSync(join(folder, 'plugin.cjs'), PLUGIN);
    writeFileSync(join(folder, 'headgate.yaml'), configuration('20'));
    headgate = await startHeadgate(['serve'], { cwd: folder, env: secretEnv() });
  });

  afterAll(async () => {
    await headgate?.stop();
    await things?.kill();
    await api?.kill();
  });

  /** What it would be called where it is found. */
  const leaks = (): Readonly<Record<string, string[]>> => {
    const places = new Map<string, string>([
      ['log', headgate.lines('').join('\n')],
      ...answers.map((answer, index) => [`answer ${index}: ${answer.slice(0, 60)}`, answer] as const),
      ...[...filesBelow(join(folder, '.headgate'))].map(([name, text]) => [`file ${name}`, text] as const),
    ]);
    const found = [...places].map(
      ([place, text]) => [place, canaries.in(text).filter((slot) => !isToldToTheLog(place, slot))] as const,
    );
    return Object.fromEntries(found.filter(([, slots]) => slots.length > 0));
  };

  it.each(Object.keys(FAILURES))('is not told on by a subgraph that fails with %s', async (failure) => {
    const script = FAILURES[failure]?.(`subgraph, ${failure}`);
    if (script === undefined) throw new Error(`there is no ${failure}`);
    things.script = script;
    api.script = script;
    await askThings();
    await send(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${of('token')}` },
      body: JSON.stringify({ query: 'query ($id: ID!) { stock(id: $id) }', variables: { id: of('variable of REST') } }),
    });
    expect(things.received.length).toBeGreaterThan(0);
    expect(leaks()).toEqual({});
  });

  it('was sent to where it belongs', () => {
    const sent = canaries.in(JSON.stringify([things.received, api.received]));
    expect(sent).toEqual(
      expect.arrayContaining([
        'cookie',
        'env in a header rule',
        'env of a REST source',
        'header rule',
        'literal',
        'token',
        'variable',
      ]),
    );
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a header that HTTP cannot carry', () => askThings({ 'x-whatever': `${of('broken header')}\u00ff` })],
    ["a key that is nobody's", () => askThings({ 'x-api-key': of('wrong api key') })],
    ['a token that a server is asked about, which fails', () => askThings({ 'x-idp-token': of('introspected token') })],
    ['a document that does not parse', () => sendBody(`{"query":"{ thing(id: \\"${of('unparsed')}\\" "}`)],
    ['a document that is not valid', () => sendBody(`{"query":"{ nothing(id: \\"${of('invalid')}\\") }"}`)],
    [
      'a variable that does not fit',
      () =>
        sendBody(
          JSON.stringify({
            query: 'query ($d: Deep) { thing(deep: $d) }',
            variables: { d: { text: { a: of('unfit') } } },
          }),
        ),
    ],
    ['a body that is no JSON', () => sendBody(`${of('no json')}{`)],
    ['a path', () => send(new URL(`/${of('path')}?token=${of('token in a URL')}`, headgate.graphql).href, {})],
  ])('in a request of a client is told to nobody else: %s', async (_what, request) => {
    const before = answers.length;
    await request();
    // The client itself may read what it has sent.
    answers.splice(before);
    expect(leaks()).toEqual({});
  });

  async function sendBody(body: string): Promise<void> {
    await send(headgate.graphql, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }

  it('of an operator is told to nobody', async () => {
    await operate('GET', '/pools', undefined, of('wrong admin token'));
    for (const path of [
      '/pools',
      '/pools/things/explain',
      '/pools/stock%2Fapi/explain',
      '/metrics',
      '/health/ready',
      '/nothing',
    ])
      await operate('GET', path);
    const [view] = /"id":"([^"]+)"/.exec(answers.join('')) ?? [];
    expect(view).toBeDefined();
    await operate('POST', `/pools/things/instances/127.0.0.1:${things.port}/drain`, '{"ttl":"1s"}', of('admin key'));
    await operate('POST', '/pools/things/instances/x/drain', `{"secret":"${of('body of an operator')}"`);
    answers.splice(answers.length - 1);
    expect(leaks()).toEqual({});
  });

  it('of the configuration is not in what is said of a reload, refused or not', async () => {
    await replaceConfiguration(
      configuration('21').replace(of('header rule'), of('next header rule')),
      'config.reloaded',
    );
    await replaceConfiguration(
      configuration('21')
        .replace('admin: {', `admin: { token: "not a token: ${of('broken admin token')}",`)
        .replace(`url: "${things.url}"`, `url: "http://user:${of('userinfo')}@127.0.0.1/graphql"`)
        .replace('max_depth: 21', `max_depth: "\${env.INSERTED}"`),
      'config.refused',
    );
    await replaceConfiguration(configuration('22'), 'config.reloaded');
    expect(leaks()).toEqual({});
  });

  it('of the configuration is not in what commands print', async () => {
    const run = (...args: string[]) => runHeadgate(args, { cwd: folder, env: secretEnv() });
    const print = await run('config', 'print');
    expect(print.code).toBe(0);
    writeFileSync(
      join(folder, 'broken.yaml'),
      configuration('21')
        .replace('admin: {', `admin: { token: "not a token: ${of('broken admin token')}",`)
        .replace(`url: "${things.url}"`, `url: "http://user:${of('userinfo')}@127.0.0.1/graphql"`)
        .replace('max_depth: 21', `max_depth: "\${env.INSERTED}"`),
    );
    const validate = await run('validate', '--config', 'broken.yaml');
    expect(validate.code).toBe(3);
    const tail = await run('audit', 'tail', '-n', '1000');
    expect(tail.code).toBe(0);
    for (const { stdout, stderr } of [print, validate, tail]) expect(canaries.in(stdout + stderr)).toEqual([]);
  });

  it('of a subgraph is not in the log where its messages are not wanted there', async () => {
    await replaceConfiguration(configuration('23', '[ messages ]'), 'config.reloaded');
    things.script = FAILURES['an error']?.('subgraph whose messages are not wanted') ?? things.script;
    await askThings();
    expect(leaks()).toEqual({});
  });

  it('is not in what a crash leaves', async () => {
    await askThings({ 'x-crash': 'now' });
    expect(await headgate.exited).not.toBe(0);
    expect(headgate.lines('thrown by a plugin').length).toBeGreaterThan(0);
    expect(leaks()).toEqual({});
  });
});
