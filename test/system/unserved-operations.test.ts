import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

describe('what this version does not execute', () => {
  const directory = temporaryDirectories();
  let echo: EchoSubgraph;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    const folder = directory();
    echo = await startEchoSubgraph('north');
    const sdl = 'type Query { echo: String list: [String] } type Subscription { ticks: Int }';
    writeFileSync(join(folder, 'echo.graphql'), sdl);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${echo.url}" } }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });

  afterAll(async () => {
    await headgate?.stop();
    await echo?.kill();
  });

  /** Status and errors of the answer to a query that says what it accepts. */
  async function asked(query: string, accept: string) {
    const response = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query }),
    });
    const body = (await response.json()) as { data?: unknown; errors: { message: string; extensions: object }[] }; // as: GraphQL
    return { status: response.status, body };
  }

  it.each(['first', 'second'])('subscriptions are refused as such, the %s time', async () => {
    expect(await ask(headgate.graphql, 'subscription { ticks }')).toEqual({
      status: 400,
      body: {
        errors: [
          {
            message: 'this gateway does not execute subscriptions; send a query or a mutation',
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      },
    });
    expect(echo.received.filter(({ body }) => body.includes('ticks'))).toEqual([]);
  });

  it('subscriptions are refused in each form that clients ask for them', async () => {
    const multipart = 'multipart/mixed;subscriptionSpec=1.0, application/json';
    const { status, body } = await asked('subscription { ticks }', multipart);
    expect([status, body.errors[0]?.extensions]).toEqual([400, { code: 'BAD_REQUEST' }]);
    const events = await asked('subscription { ticks }', 'text/event-stream');
    expect([events.status, events.body.errors[0]?.extensions]).toEqual([406, { code: 'NOT_ACCEPTABLE' }]);
  });

  it.each([
    ['@defer', '{ ... @defer { echo } }'],
    ['@stream', '{ list @stream(initialCount: 1) }'],
  ])('%s is refused as a directive that the schema does not have', async (directive, query) => {
    const message = `Unknown directive "${directive}".`;
    const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
    const plain = await ask(headgate.graphql, query);
    expect(plain).toMatchObject({ status: 400, body: { errors: [{ message, extensions }] } });
    const deferred = await asked(query, 'multipart/mixed; deferSpec=20220824, application/json');
    expect(deferred.body).toMatchObject({ errors: [{ message, extensions }] });
    expect(deferred.body.data).toBeUndefined();
  });

  it('other operations of the same schema are answered', async () => {
    expect(await ask(headgate.graphql, '{ echo }')).toEqual({ status: 200, body: { data: { echo: 'north' } } });
  });
});
