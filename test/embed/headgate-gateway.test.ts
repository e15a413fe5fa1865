import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ApolloGateway, IntrospectAndCompose, LocalCompose } from '@apollo/gateway';
import { parse } from 'graphql';
import { HeadgateGateway, type HeadgateGatewayOptions } from '../../gateway';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import {
  type ApolloHost,
  BOOKS,
  BOOKS_WITH_AUTHORS,
  type Bookshop,
  startApolloHost,
  startBookshop,
} from '../fixtures/apollo-host';

process.env.APOLLO_TELEMETRY_DISABLED = '1';

/** A plan comes, however busy the machine is. */
const PATIENT = { planning: { deadline: '1m' } };
const QUIET = { debug() {}, info() {}, warn() {}, error() {} };

describe('a HeadgateGateway in an ApolloServer', () => {
  let shop: Bookshop;
  let sdl: string;
  const hosts: ApolloHost[] = [];

  async function start(
    options: Partial<HeadgateGatewayOptions> = {},
    ...rest: [Parameters<typeof startApolloHost>[1]?]
  ) {
    const gateway = new HeadgateGateway({ supergraphSdl: sdl, config: PATIENT, ...options });
    const host = await startApolloHost(gateway, ...rest);
    hosts.push(host);
    return host;
  }

  beforeAll(async () => {
    shop = await startBookshop();
    sdl = (await composeSubgraphs(shop.services)).sdl;
  });

  afterEach(async () => {
    shop.books.deploy(BOOKS);
    shop.books.intercept(null);
    for (const host of hosts.splice(0)) await host.stop();
  });

  afterAll(async () => {
    await shop.close();
    await closeCompositionThread();
  });

  it('answers over two subgraphs with a supergraph given as text', async () => {
    const host = await start();
    const { status, body } = await host.ask('query Books { books { title copies } }');
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        books: [
          { title: 'One', copies: 10 },
          { title: 'Two', copies: 20 },
        ],
      },
    });
  });

  it('counts operations and what they cost, and refuses both', async () => {
    const policy = { name: 'p', key: 'request.headers["x-client"]', rate: 2, period: '1h' };
    const limits = {
      rate_limit: { policies: [policy] },
      demand_control: { mode: 'enforce' as const, max: 10, headers: true },
    };
    const host = await start({ config: { ...PATIENT, ...limits } });
    const ask = (client: string, query = '{ books { id } }') => host.ask(query, { headers: { 'x-client': client } });
    const first = await ask('a');
    expect([first.status, first.headers.get('ratelimit'), first.headers.get('x-cost-actual')]).toEqual([
      200,
      '"p";r=1;t=1800',
      '2',
    ]);
    await ask('a');
    const refused = await ask('a');
    expect(refused.body.errors).toMatchObject([{ extensions: { code: 'REQUEST_RATE_LIMITED' } }]);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1800']);
    const dear = await ask('b', '{ books { id } more: books { id } }');
    expect([dear.status, dear.body.errors]).toMatchObject([
      400,
      [{ extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE' } }],
    ]);
  });

  it('answers what ApolloGateway answers', async () => {
    const stock = await startApolloHost(new ApolloGateway({ supergraphSdl: sdl, logger: QUIET }));
    hosts.push(stock);
    const host = await start();
    const questions: [string, Record<string, unknown>?][] = [
      ['{ __typename books { ...B } } fragment B on Book { id copies __typename }'],
      ['query Q($no: Boolean!) { books { title @skip(if: $no) copies } }', { no: true }],
      ['query Q($no: Boolean!) { books { title @skip(if: $no) copies } }', { no: 'maybe' }],
      ['mutation { first: addBook(title: "A") { title copies } second: addBook(title: "B") { id } }'],
      ['{ __type(name: "Book") { fields { name } } }'],
      ['{ nothing }'],
      ['{ books { '],
    ];
    for (const [query, variables = {}] of questions) {
      const ours = await host.ask(query, { variables });
      const theirs = await stock.ask(query, { variables });
      expect(ours.body.data).toEqual(theirs.body.data);
      expect(ours.status).toBe(theirs.status);
      const told = (errors: typeof ours.body.errors) =>
        errors?.map(({ message, extensions }) => [message, extensions?.code]);
      // Stock gives variables that do not fit the code of a defect.
      if (variables.no !== 'maybe') expect(told(ours.body.errors)).toEqual(told(theirs.body.errors));
    }
  });

  it('tells the error of a subgraph with its code and path, beside the data of the others', async () => {
    const host = await start();
    const { status, body } = await host.ask('{ broken books { id } }');
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ broken: null, books: [{ id: '1' }, { id: '2' }] });
    expect(body.errors).toEqual([
      { message: 'the shelf fell down', path: ['broken'], extensions: { code: 'SHELF', serviceName: 'books' } },
    ]);
  });

  it('withholds errors of subgraphs from the host where its configuration speaks of it', async () => {
    const host = await start({ config: { ...PATIENT, error_masking: {} } });
    const { body } = await host.ask('{ broken }');
    expect(body.errors).toEqual([
      {
        message: 'Subgraph error withheld',
        path: ['broken'],
        extensions: { code: 'SHELF', errorId: expect.any(String) },
      },
    ]);
  });

  it('applies the header rules of a configuration object', async () => {
    const host = await start({
      config: {
        ...PATIENT,
        headers: {
          all: {
            request: [{ propagate: { named: 'authorization' } }],
            response: [{ propagate: { named: 'x-books-version', algorithm: 'last' } }],
          },
        },
      },
    });
    const { body, headers } = await host.ask('{ caller books { id } }', { headers: { authorization: 'me' } });
    expect(body.data?.caller).toBe('me');
    expect(headers.get('x-books-version')).toBe('7');
  });

  it('answers 504 when the deadline of the configuration passes', async () => {
    const host = await start({ config: { ...PATIENT, traffic_shaping: { router: { timeout: '100ms' } } } });
    shop.books.intercept(() => {}); // never answers
    const { status, body } = await host.ask('{ caller }');
    expect(status).toBe(504);
    expect(body.errors?.[0]?.extensions?.code).toBe('GATEWAY_TIMEOUT');
  });

  it('runs the hooks of plugins around its executor', async () => {
    const hooks: string[] = [];
    const host = await start({}, [
      {
        serverWillStart: async () => ({
          schemaDidLoadOrUpdate: ({ coreSupergraphSdl }) => {
            if (coreSupergraphSdl === sdl) hooks.push('schemaDidLoadOrUpdate');
          },
          serverWillStop: async () => {
            hooks.push('serverWillStop');
          },
        }),
        requestDidStart: async () => ({
          executionDidStart: async () => {
            hooks.push('executionDidStart');
          },
          didEncounterErrors: async ({ errors }) => {
            hooks.push(`didEncounterErrors ${errors[0]?.extensions.code}`);
          },
          willSendResponse: async () => {
            hooks.push('willSendResponse');
          },
        }),
      },
    ]);
    await host.ask('{ broken }');
    await host.stop();
    expect(hooks).toEqual([
      'schemaDidLoadOrUpdate',
      'executionDidStart',
      'didEncounterErrors SHELF',
      'willSendResponse',
      'serverWillStop',
    ]);
  });

  it('polls through IntrospectAndCompose and serves what a subgraph deployed', async () => {
    let updated: (() => void) | undefined;
    const update = new Promise<void>((resolve) => {
      updated = resolve;
    });
    const host = await start(
      { supergraphSdl: new IntrospectAndCompose({ subgraphs: [shop.books, shop.stock], pollIntervalInMs: 50 }) },
      [
        {
          serverWillStart: async () => ({
            schemaDidLoadOrUpdate: ({ apiSchema }) => {
              const book = apiSchema.getType('Book');
              if (book !== undefined && 'getFields' in book && 'author' in book.getFields()) updated?.();
            },
          }),
        },
      ],
    );
    expect((await host.ask('{ books { author } }')).status).toBe(400);
    shop.books.deploy(BOOKS_WITH_AUTHORS);
    await update;
    const { body } = await host.ask('{ books { author copies } }');
    expect(body.data?.books).toEqual([
      { author: 'Ann', copies: 10 },
      { author: 'Ann', copies: 20 },
    ]);
  });

  it('takes LocalCompose', async () => {
    const localServiceList = shop.services.map(({ name, url, sdl: text }) => ({ name, url, typeDefs: parse(text) }));
    const host = await start({ supergraphSdl: new LocalCompose({ localServiceList }) });
    expect((await host.ask('{ books { copies } }')).body).toEqual({
      data: { books: [{ copies: 10 }, { copies: 20 }] },
    });
  });

  it('goes on with the supergraph in service when the next one is none, and tells the logger', async () => {
    let deliver: ((next: string) => void) | undefined;
    const told = new Promise<string>((resolve) => {
      void start({
        supergraphSdl: async ({ update }) => {
          deliver = update;
          return { supergraphSdl: sdl };
        },
        logger: { error: resolve },
      }).then(() => deliver?.('type Query { nothing: Int }'));
    });
    expect(await told).toMatch(/^the new supergraph is not served: /);
    expect((await hosts[0]?.ask('{ books { id } }'))?.status).toBe(200);
  });

  it('checks the health of every subgraph when its supergraph manager asks for it', async () => {
    const verdicts: unknown[] = [];
    await start({
      supergraphSdl: async ({ healthCheck }) => {
        verdicts.push(await healthCheck(sdl));
        shop.books.intercept((response) => void response.writeHead(503).end());
        verdicts.push(await healthCheck(sdl).catch((error: Error) => error.message));
        return { supergraphSdl: sdl };
      },
    });
    expect(verdicts).toEqual([undefined, 'not every subgraph is well: books: books answered with HTTP status 503']);
  });

  it('says what it wants when there is no supergraphSdl', () => {
    // as: what JavaScript could pass
    const options = { serviceList: [] } as unknown as HeadgateGatewayOptions;
    expect(() => new HeadgateGateway(options)).toThrow(/instead of serviceList give new IntrospectAndCompose/);
  });

  it('does not start with a supergraph that cannot be served, and cleans up', async () => {
    let cleaned = false;
    const supergraphSdl = async () => ({
      supergraphSdl: 'type Query { nothing: Int }',
      cleanup: async () => {
        cleaned = true;
      },
    });
    await expect(start({ supergraphSdl })).rejects.toMatchObject({ code: 'SUPERGRAPH_INVALID' });
    expect(cleaned).toBe(true);
  });

  it('leaves nothing open after stop: the process ends by itself', async () => {
    const script = join(__dirname, '..', 'fixtures', 'embedded-process.js');
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { timeout: 110_000 });
    const answer = {
      data: {
        books: [
          { title: 'One', copies: 10 },
          { title: 'Two', copies: 20 },
        ],
      },
    };
    expect(stdout.trim().split('\n')).toEqual([JSON.stringify(answer), JSON.stringify(answer)]);
    expect(stderr).toBe('');
  });
});
