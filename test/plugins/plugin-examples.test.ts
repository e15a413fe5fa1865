import { createHmac } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { packageRoot } from '../../gateway/package-root';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { answerJson, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const EXAMPLES = join(packageRoot, 'plugin-examples');
const SDL = `
  type Query { product(id: ID!): Product }
  type Product { id: ID! name: String price: Int }`;

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  };
}

/** Each example in a gateway of its own process, as an operator names it. */
describe('the plugin examples', () => {
  const directory = temporaryDirectories();
  const running: HeadgateProcess[] = [];
  let subgraph: LiveSubgraph;

  beforeAll(async () => {
    subgraph = await startLiveSubgraph('products', {
      sdl: SDL,
      resolvers: {
        Query: {
          product: (_root: unknown, { id }: { id: string }) => {
            if (id !== 'none') return { id, name: 'Chair', price: 40 };
            throw new GraphQLError('no row with id none in table products', {
              extensions: { code: 'PRODUCT_UNKNOWN' },
            });
          },
        },
      },
    });
  });
  afterEach(() => Promise.all(running.splice(0).map((one) => one.stop())));
  afterAll(() => subgraph.close());

  async function withPlugin(
    file: string,
    env: Record<string, string> = {},
    url = subgraph.url,
  ): Promise<HeadgateProcess> {
    const folder = directory();
    writeFileSync(join(folder, 'products.graphql'), SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { products: { schema: { file: ./products.graphql }, url: "${url}" } }
plugins: [ ${join(EXAMPLES, file)} ]
`,
    );
    const headgate = await startHeadgate(['serve'], { cwd: folder, env });
    running.push(headgate);
    return headgate;
  }

  async function ask(
    { graphql }: HeadgateProcess,
    query: string,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const response = await fetch(graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answered['body'] };
  }

  const PRODUCT = '{ product(id: "1") { name } }';
  const CHAIR = { data: { product: { name: 'Chair' } } };

  /** What is tried here, by file: whoever adds an example adds how it is tried. */
  const TRIALS: Readonly<Record<string, () => Promise<void>>> = {
    'add-header.js': async () => {
      const headgate = await withPlugin('add-header.js', { REGION: 'eu-1' });
      const { headers, body } = await ask(headgate, PRODUCT);
      expect([headers.get('x-served-by'), body]).toEqual(['eu-1', CHAIR]);
      expect((await fetch(new URL('/health/live', headgate.graphql))).headers.get('x-served-by')).toBe('eu-1');
      expect((await fetch(new URL('/nothing', headgate.graphql))).status).toBe(404);
    },
    'refuse-by-tenant.js': async () => {
      const headgate = await withPlugin('refuse-by-tenant.js', { TENANTS: 'acme,initech' });
      expect((await ask(headgate, PRODUCT, { 'x-tenant': 'acme' })).body).toEqual(CHAIR);
      for (const headers of [{}, { 'x-tenant': 'hooli' }]) {
        const { status, body } = await ask(headgate, PRODUCT, headers);
        expect([status, body.errors?.[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
        expect(body).not.toHaveProperty('data');
      }
    },
    'change-an-error.js': async () => {
      const headgate = await withPlugin('change-an-error.js');
      expect((await ask(headgate, PRODUCT)).body).toEqual(CHAIR);
      const { body } = await ask(headgate, '{ product(id: "none") { name } }');
      expect(body).toMatchObject({
        data: { product: null },
        errors: [{ message: 'We do not sell this any more.', path: ['product'], extensions: { code: 'NOT_FOUND' } }],
      });
    },
    'count-a-field.js': async () => {
      const headgate = await withPlugin('count-a-field.js', { COUNTED_FIELD: 'Product.price' });
      const web = { 'apollographql-client-name': 'web' };
      await ask(headgate, '{ product(id: "1") { price } }', web);
      await ask(headgate, '{ product(id: "1") { ...P } } fragment P on Product { cost: price }', web);
      await ask(headgate, '{ product(id: "1") { price } }');
      await ask(headgate, PRODUCT, web);
      await headgate.stop();
      expect(await headgate.logged('"field":"Product.price"')).toContain('"asked":{"web":2,"unknown":1}');
    },
    'log-the-slowest-fetch.js': async () => {
      const headgate = await withPlugin('log-the-slowest-fetch.js', { SLOW_MS: '0' });
      const { headers } = await ask(headgate, 'query Named { product(id: "1") { name } }');
      const line = JSON.parse(await headgate.logged('"slowest"'));
      expect(line).toMatchObject({
        id: headers.get('x-request-id'),
        operation: 'Named',
        slowest: { subgraph: 'products', instance: new URL(subgraph.url).host },
      });
    },
    'sign-requests.js': async () => {
      const backend = await startScriptedServer(answerJson({ data: { product: { name: 'Chair' } } }));
      const headgate = await withPlugin('sign-requests.js', { SIGNING_SECRET: 'a secret' }, backend.url);
      await ask(headgate, PRODUCT, { 'x-tenant': 'acme' });
      const received = backend.received.find(({ body }) => body.includes('product'));
      const { 'x-tenant': tenant, 'x-signature': signature } = received?.headers ?? {};
      const expected = createHmac('sha256', 'a secret').update(`acme\n${received?.body}`).digest('hex');
      expect([tenant, signature]).toEqual(['acme', expected]);
      await backend.kill();
    },
  };

  it('are each tried', () => {
    expect(
      readdirSync(EXAMPLES)
        .filter((file) => file.endsWith('.js'))
        .sort(),
    ).toEqual(Object.keys(TRIALS).sort());
  });

  it.each(Object.entries(TRIALS))('%s does what it says', (_file, trial) => trial());
});
