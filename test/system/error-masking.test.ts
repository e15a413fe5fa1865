import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { ask, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const WITHHELD = 'Subgraph error withheld';
const SECRET = 'password=hunter2';
const THINGS = 'type Query { things: [String] }';
const PARTS = 'type Query { parts: [String] }';
const STOCK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect", "@source"])
  @source(name: "api", http: { baseURL: "http://127.0.0.1:1" })
type Query { stock(id: ID!): Int @connect(source: "api", http: { GET: "/stock/{$args.id}" }, selection: "$.count") }`;

const EXTENSIONS = { code: 'NO_THINGS', table: 'things_2', stacktrace: ['at /srv/things.js:1'] };

type Answer = (response: ServerResponse) => void;

function answerWith(body: unknown): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

/** What clients see of errors of subgraphs, with the configuration `masking`. */
describe('errors of subgraphs', () => {
  const directory = temporaryDirectories();
  let things: LiveSubgraph;
  let parts: LiveSubgraph;
  let folder: string;
  const running: HeadgateProcess[] = [];

  beforeAll(async () => {
    [things, parts] = await Promise.all([
      startLiveSubgraph('things', { sdl: THINGS, resolvers: {} }),
      startLiveSubgraph('parts', { sdl: PARTS, resolvers: {} }),
    ]);
    for (const [subgraph, field] of [
      [things, 'things'],
      [parts, 'parts'],
    ] as const)
      subgraph.intercept(
        answerWith({ data: { [field]: null }, errors: [{ message: SECRET, path: [field], extensions: EXTENSIONS }] }),
      );
    folder = directory();
    for (const [file, sdl] of [
      ['things', THINGS],
      ['parts', PARTS],
      ['stock', STOCK],
    ])
      writeFileSync(join(folder, `${file}.graphql`), sdl ?? '');
    writeFileSync(join(folder, 'plugin.cjs'), 'module.exports = { async requestDidStart() { return {}; } };');
  });
  afterAll(async () => {
    await Promise.all(running.map((one) => one.stop()));
    await Promise.all([things?.close(), parts?.close()]);
  });

  function write(name: string, masking: string): string {
    const path = join(folder, name);
    writeFileSync(
      path,
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs:
  things: { schema: { file: ./things.graphql }, url: "${things.url}" }
  parts: { schema: { file: ./parts.graphql }, url: "${parts.url}" }
  stock: { rest: ./stock.graphql }
traffic_shaping: { all: { retry: { max_attempts: 1 }, health_check: false } }
${masking}
`,
    );
    return path;
  }

  async function start(path: string, ...options: string[]): Promise<HeadgateProcess> {
    const headgate = await startHeadgate(['serve', '--config', path, ...options]);
    running.push(headgate);
    return headgate;
  }

  it('are withheld, and the log has them by the id in the answer, until the configuration says otherwise', async () => {
    const headgate = await start(write('default.yaml', ''));
    const { status, body } = await ask(headgate.graphql, '{ things }');
    expect([status, body.data]).toEqual([200, { things: null }]);
    const errorId = expect.stringMatching(UUID);
    expect(body.errors).toEqual([{ message: WITHHELD, path: ['things'], extensions: { code: 'NO_THINGS', errorId } }]);
    const id = String(body.errors?.[0]?.extensions?.errorId);
    const line = JSON.parse(await headgate.logged(id));
    const request = JSON.parse(await headgate.logged('"event":"request"', '"code":"NO_THINGS"'));
    expect(line).toMatchObject({
      event: 'subgraph.errors.withheld',
      id: request.id,
      error_id: id,
      subgraph: 'things',
      count: 1,
      errors: [{ message: SECRET, code: 'NO_THINGS', path: ['things'] }],
    });
    // Nothing else of the error is in the log either.
    expect(JSON.stringify(line)).not.toMatch(/things_2|things\.js/);

    // Whole fetches fail, over GraphQL and REST: each has an id of its own.
    things.intercept((response) => response.writeHead(502).end(SECRET));
    const failed = (await ask(headgate.graphql, '{ things stock(id: "1") parts }')).body.errors ?? [];
    expect(failed.map(({ message, extensions }) => [message, extensions?.code]).sort()).toEqual([
      [WITHHELD, 'NO_THINGS'],
      [WITHHELD, 'SUBGRAPH_HTTP_ERROR'],
      [WITHHELD, 'UPSTREAM_UNAVAILABLE'],
    ]);
    const ids = failed.map(({ extensions }) => String(extensions?.errorId));
    expect(new Set(ids).size).toBe(3);
    for (const { extensions = {} } of failed) expect(Object.keys(extensions).sort()).toEqual(['code', 'errorId']);
    for (const one of ids) expect(await headgate.logged('subgraph.errors.withheld', one)).toContain('"count":1');

    write('default.yaml', 'error_masking: { all: { redact: false } }');
    await headgate.logged('config.reloaded');
    expect((await ask(headgate.graphql, '{ parts }')).body.errors?.[0]?.message).toBe(SECRET);
  });

  it('are seen where the nearest scope says so, and by plugins of Apollo Server no more than by clients', async () => {
    const masking = '{ all: { allow_extensions: [table] }, subgraphs: { parts: { redact: false } } }';
    const path = write('scopes.yaml', `error_masking: ${masking}\napollo: { plugins: [./plugin.cjs] }`);
    things.intercept(answerWith({ data: null, errors: [{ message: SECRET, extensions: EXTENSIONS }] }));
    const { body } = await ask((await start(path)).graphql, '{ things parts }');
    const withheld = { code: 'DOWNSTREAM_SERVICE_ERROR', table: 'things_2', errorId: expect.stringMatching(UUID) };
    const seen = { code: 'NO_THINGS', table: 'things_2', serviceName: 'parts' };
    expect(body.errors).toHaveLength(2);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { message: WITHHELD, path: ['things'], extensions: withheld },
        { message: SECRET, path: ['parts'], extensions: seen },
      ]),
    );
  });

  it('are seen with --dev', async () => {
    const { graphql } = await start(write('dev.yaml', 'error_masking: { all: { redact: true } }'), '--dev');
    expect((await ask(graphql, '{ parts }')).body.errors?.[0]?.message).toBe(SECRET);
  });

  it('are not to be spoken of for a subgraph that is not there', async () => {
    const path = write('wrong.yaml', 'error_masking: { subgraphs: { part: { redact: false } } }');
    const { code, stderr } = await runHeadgate(['validate', '--config', path]);
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/error_masking\.subgraphs\.part: no such subgraph; did you mean parts\?/),
    ]);
  });
});
