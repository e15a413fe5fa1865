import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@authenticated"])
  type HiddenThing { hiddenSize: Int }
  enum Colour { SECRET_RED SECRET_BLUE }
  input Wish { secretColour: Colour secretSize: Int }
  type Query { hidden: HiddenThing @authenticated things(wish: Wish): [String] other(colour: Colour): String }`;

interface Body {
  readonly data?: unknown;
  readonly errors: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

/** An operation takes the long way the first time and the direct way from then on; with a plugin always the long way. */
describe('errors on the direct way and through Apollo Server', () => {
  const directory = temporaryDirectories();
  let subgraph: LiveSubgraph;
  let direct: HeadgateProcess;
  let throughApollo: HeadgateProcess;

  beforeAll(async () => {
    subgraph = await startLiveSubgraph('things', { sdl: SDL, resolvers: { Query: { things: () => ['a'] } } });
    const folder = directory();
    writeFileSync(join(folder, 'things.graphql'), SDL);
    writeFileSync(join(folder, 'plugin.cjs'), 'module.exports = { async requestDidStart() { return {}; } };');
    const config = (more: string) => `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { things: { schema: { file: ./things.graphql }, url: "${subgraph.url}" } }
traffic_shaping: { all: { retry: { max_attempts: 1 }, outlier_detection: { consecutive_errors: 1000, error_rate: 100% } } }
introspection: { enabled: false }
planning: { deadline: 1m }
error_masking: { all: { redact: false } }
authorization: { directives: { introspection: filter } }
${more}`;
    writeFileSync(join(folder, 'direct.yaml'), config(''));
    writeFileSync(join(folder, 'apollo.yaml'), config('apollo: { plugins: [./plugin.cjs] }'));
    [direct, throughApollo] = await Promise.all([
      startHeadgate(['serve', '--config', join(folder, 'direct.yaml')]),
      startHeadgate(['serve', '--config', join(folder, 'apollo.yaml')]),
    ]);
  });

  afterAll(async () => {
    await Promise.all([direct?.stop(), throughApollo?.stop()]);
    await subgraph.close();
  });

  async function textOf({ graphql }: HeadgateProcess, body: unknown): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(graphql, { method: 'POST', headers, body: JSON.stringify(body) })).text();
  }

  /** The one answer that is given three times on one way and once on the other. */
  async function answerTo(body: unknown): Promise<Body> {
    const texts = [await textOf(throughApollo, body)];
    for (let time = 0; time < 3; time++) texts.push(await textOf(direct, body));
    expect([...new Set(texts)]).toHaveLength(1);
    return JSON.parse(texts[0] ?? '');
  }

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'SUBGRAPH_HTTP_ERROR'],
    [500, 'SUBGRAPH_HTTP_ERROR'],
  ])('tell the status %i of a subgraph that answers without GraphQL, as %s', async (status, code) => {
    subgraph.intercept((response) => response.writeHead(status, { 'content-type': 'text/html' }).end('<p>no</p>'));
    const { data, errors } = await answerTo({ query: `{ s${status}: things }` });
    subgraph.intercept(null);
    expect(data).toEqual({ [`s${status}`]: null });
    expect(errors).toMatchObject([{ extensions: { code, serviceName: 'things', http: { status } } }]);
  });

  it('keep what a subgraph puts into extensions.http', async () => {
    const http = { status: 402, headers: { 'x-a': 'b' } };
    const extensions = { http, reason: 'unpaid', code: 'PAY' };
    const answer = { data: { things: null }, errors: [{ message: 'no', path: ['things'], extensions }] };
    subgraph.intercept((response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)),
    );
    const { errors } = await answerTo({ query: '{ things }' });
    subgraph.intercept(null);
    expect(errors[0]?.extensions).toEqual({ ...extensions, serviceName: 'things' });
  });

  it('name nothing that is hidden, and what is as what is not there', async () => {
    const { errors } = await answerTo({ query: '{ hidden { hiddn } nothing { nothing } }' });
    expect(errors).toEqual(
      ['hidden', 'nothing'].map((name, at) => ({
        message: `Cannot query field "${name}" on type "Query".`,
        locations: [{ line: 1, column: at === 0 ? 3 : 20 }],
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      })),
    );
  });

  it.each([
    ['an enum value', 'query ($c: Colour) { other(colour: $c) }', { c: 'SECRET_RE' }],
    ['an input field', 'query ($w: Wish) { things(wish: $w) }', { w: { secretColor: null } }],
    ['an enum value in an input field', 'query ($w: Wish) { things(wish: $w) }', { w: { secretColour: 'SECRET_BLU' } }],
    ['a literal', '{ other(colour: SECRET_RE) }', {}],
    ['a field', '{ thing }', {}],
  ])('suggest nothing without introspection: %s', async (_what, query, variables) => {
    const { errors } = await answerTo({ query, variables });
    expect(errors.length).toBeGreaterThan(0);
    for (const { message } of errors) expect(message).not.toMatch(/did you mean|SECRET_RED|SECRET_BLUE"|secretSize/i);
  });
});
