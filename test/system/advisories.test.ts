import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { RawSocket } from '../fixtures/raw-socket';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';
const THINGS = `${LINK} type Query { thing: Thing } type Thing @key(fields: "id") { id: ID }`;
const PRICES = `${LINK} type Thing @key(fields: "id") { id: ID price: Int }`;

/** What others were advised of and no other test would find here; test/security/advisories.test.ts has the list. */
describe('a gateway', () => {
  const directory = temporaryDirectories();
  let things: LiveSubgraph;
  let prices: LiveSubgraph;
  let headgate: HeadgateProcess;
  let entities = 0;

  beforeAll(async () => {
    const folder = directory();
    things = await startLiveSubgraph('things', {
      sdl: THINGS,
      resolvers: { Query: { thing: () => ({ id: '1' }) } },
    });
    prices = await startLiveSubgraph('prices', {
      sdl: PRICES,
      resolvers: {
        Thing: {
          __resolveReference(reference: { id: string }) {
            entities += 1;
            return reference;
          },
          price: () => 7,
        },
      },
    });
    writeFileSync(join(folder, 'things.graphql'), THINGS);
    writeFileSync(join(folder, 'prices.graphql'), PRICES);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0", drain_timeout: 200ms }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs:
  things: { schema: { file: ./things.graphql }, url: "${things.url}" }
  prices: { schema: { file: ./prices.graphql }, url: "${prices.url}" }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });

  afterAll(async () => {
    await headgate?.stop();
    await Promise.all([things?.close(), prices?.close()]);
  });

  const port = () => Number(new URL(headgate.graphql).port);

  it('is one entity of its subgraph, under however many aliases', async () => {
    const query = `{ ${Array.from({ length: 100 }, (_, at) => `a${at}: thing { price }`).join(' ')} }`;
    const { body } = await ask(headgate.graphql, query);
    expect(Object.values(body.data ?? {})).toEqual(Array(100).fill({ price: 7 }));
    expect(entities).toBe(1);
  });

  it('is not taken over where GraphQL is served: a WebSocket gets no further than a request', async () => {
    const socket = await RawSocket.open(port());
    socket.send(
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    const received = await socket.until('\r\n\r\n');
    socket.destroy();
    expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(received).not.toContain('101 Switching');
  });

  it('goes on for others when a chunk with an extension without end is hung up on', async () => {
    const socket = await RawSocket.open(port());
    socket.send(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    socket.send(`5;${'a=b;'.repeat(100_000)}`);
    expect(await socket.untilClosed()).not.toMatch(/^HTTP\/1\.1 200/);
    expect((await ask(headgate.graphql, '{ thing { id } }')).body).toEqual({ data: { thing: { id: '1' } } });
  });

  it('takes no form of several parts, which a page elsewhere may send', async () => {
    const form = new FormData();
    form.set('operations', '{"query":"{ thing { id } }"}');
    const response = await fetch(headgate.graphql, { method: 'POST', body: form });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain('"data":{');
  });
});
