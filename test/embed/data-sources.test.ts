import { type GraphQLDataSourceProcessOptions, LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { HeadgateGateway, type HeadgateGatewayOptions } from '../../gateway';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import {
  type ApolloHost,
  type Bookshop,
  type HostContext,
  STOCK,
  startApolloHost,
  startBookshop,
} from '../fixtures/apollo-host';

/** A plan comes, however busy the machine is. */
const PATIENT = { planning: { deadline: '1m' } };

/** As people write them: the context into a header of the request, a header of the answer into the context. */
class Authenticated extends RemoteGraphQLDataSource<HostContext> {
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<HostContext>): void {
    if (context.token !== undefined) request.http?.headers.set('authorization', context.token);
  }

  override didReceiveResponse({
    response,
    context,
  }: Parameters<NonNullable<RemoteGraphQLDataSource<HostContext>['didReceiveResponse']>>[0]) {
    const version = response.http?.headers.get('x-books-version');
    if (version) context.seen.push(version);
    return response;
  }
}

describe('data sources given by buildService', () => {
  let shop: Bookshop;
  let sdl: string;
  let host: ApolloHost | undefined;

  async function start(
    buildService: NonNullable<HeadgateGatewayOptions['buildService']>,
    options: Partial<HeadgateGatewayOptions> = {},
  ): Promise<ApolloHost> {
    const gateway = new HeadgateGateway({ supergraphSdl: sdl, buildService, config: PATIENT, ...options });
    host = await startApolloHost(gateway, [
      {
        requestDidStart: async () => ({
          willSendResponse: async ({ contextValue, response }) => {
            if (contextValue.seen.length > 0) response.http.headers.set('x-seen', contextValue.seen.join());
          },
        }),
      },
    ]);
    return host;
  }

  beforeAll(async () => {
    shop = await startBookshop();
    sdl = (await composeSubgraphs(shop.services)).sdl;
  });

  afterEach(async () => {
    shop.books.intercept(null);
    await host?.stop();
    host = undefined;
  });

  afterAll(async () => {
    await shop.close();
    await closeCompositionThread();
  });

  it('keep their willSendRequest and didReceiveResponse, with the context of the host', async () => {
    const { ask } = await start(({ url = '' }) => new Authenticated({ url }));
    const { body, headers } = await ask('query Named { caller books { title copies } }', {
      headers: { authorization: 'me' },
    });
    expect(body).toEqual({
      data: {
        caller: 'me',
        books: [
          { title: 'One', copies: 10 },
          { title: 'Two', copies: 20 },
        ],
      },
    });
    expect(headers.get('x-seen')).toBe('7');
  });

  it('are made once for each subgraph', async () => {
    const made: (string | undefined)[] = [];
    await start(({ name, url = '' }) => {
      made.push(name);
      return new Authenticated({ url });
    });
    expect(made).toEqual(['books', 'stock']);
  });

  it('send mutations one after another', async () => {
    const order: (string | undefined)[] = [];
    const { ask } = await start(
      ({ url = '' }) =>
        new RemoteGraphQLDataSource({ url, willSendRequest: ({ request }) => void order.push(request.query) }),
    );
    const { body } = await ask('mutation { addBook(title: "A") { copies } restock(id: "1") { copies } }');
    expect(body).toEqual({ data: { addBook: { copies: 20 }, restock: { copies: 1000 } } });
    expect(order.map((query) => query?.match(/addBook|_entities|restock/)?.[0])).toEqual([
      'addBook',
      '_entities',
      'restock',
    ]);
  });

  it('pass the errors of a subgraph with code and path', async () => {
    const { ask } = await start(({ url = '' }) => new Authenticated({ url }));
    const { body } = await ask('{ broken }');
    expect(body).toEqual({
      data: { broken: null },
      errors: [
        { message: 'the shelf fell down', path: ['broken'], extensions: { code: 'SHELF', serviceName: 'books' } },
      ],
    });
  });

  it('pass a GraphQLError that they throw, its status too', async () => {
    const { ask } = await start(
      ({ url = '' }) =>
        new RemoteGraphQLDataSource({
          url,
          willSendRequest: () => {
            throw new GraphQLError('who are you?', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
          },
        }),
    );
    const { status, body } = await ask('{ caller }');
    expect(status).toBe(401);
    expect(body.errors).toEqual([
      { message: 'who are you?', path: ['caller'], extensions: { code: 'UNAUTHENTICATED', serviceName: 'books' } },
    ]);
  });

  it('do not show the URL or the body of a subgraph that answers an HTTP error', async () => {
    shop.books.intercept(
      (response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<b>secret</b>'),
    );
    const { ask } = await start(({ url = '' }) => new Authenticated({ url }));
    const { body } = await ask('{ caller }');
    expect(body.errors).toEqual([
      {
        message: '502: Bad Gateway',
        path: ['caller'],
        extensions: { code: 'SUBGRAPH_HTTP_ERROR', serviceName: 'books', http: { status: 502 } },
      },
    ]);
  });

  it('may fail with anything: the client learns the kind, the logger the reason', async () => {
    const told: string[] = [];
    const { ask } = await start(
      ({ url = '' }) =>
        new RemoteGraphQLDataSource({
          url,
          willSendRequest: () => {
            throw new Error('no password for 10.0.0.1');
          },
        }),
      { logger: { error: (message: string) => told.push(message) } },
    );
    const { body } = await ask('{ caller }');
    expect(body.errors?.[0]).toMatchObject({
      message: 'the data source of books failed',
      extensions: { code: 'DATA_SOURCE_FAILED', serviceName: 'books' },
    });
    expect(told).toEqual(['data source of subgraph books: no password for 10.0.0.1']);
  });

  it('that reach nobody are named by a code', async () => {
    const { ask } = await start(
      ({ name, url = '' }) => new Authenticated({ url: name === 'books' ? 'http://127.0.0.1:1/' : url }),
    );
    const { body } = await ask('{ caller }');
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'SUBGRAPH_UNREACHABLE', serviceName: 'books' });
  });

  it('do not say that a mutation failed when its connection breaks', async () => {
    shop.books.intercept((response) => void response.destroy());
    const { ask } = await start(({ url = '' }) => new Authenticated({ url }));
    const { body } = await ask('mutation { addBook(title: "A") { id } }');
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'MUTATION_OUTCOME_UNKNOWN', serviceName: 'books' });
  });

  it('have the timeout of their subgraph', async () => {
    shop.books.intercept(() => {}); // never answers
    const { ask } = await start(({ url = '' }) => new Authenticated({ url }), {
      config: { ...PATIENT, traffic_shaping: { subgraphs: { books: { timeout: '50ms' } } } },
    });
    expect((await ask('{ caller }')).body.errors?.[0]?.extensions?.code).toBe('SUBGRAPH_TIMEOUT');
    const mutation = await ask('mutation { addBook(title: "A") { id } }');
    expect(mutation.body.errors?.[0]?.extensions?.code).toBe('MUTATION_OUTCOME_UNKNOWN');
  });

  it('may run in this process', async () => {
    const schema = buildSubgraphSchema([{ typeDefs: parse(STOCK.sdl), resolvers: STOCK.resolvers }]);
    const { ask } = await start(({ name, url = '' }) =>
      name === 'stock' ? new LocalGraphQLDataSource(schema) : new Authenticated({ url }),
    );
    expect((await ask('{ books { copies } }')).body).toEqual({ data: { books: [{ copies: 10 }, { copies: 20 }] } });
  });

  it('may answer anything', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`);
    const answers: unknown[] = [undefined, 'text', { data: 'text' }, { data: { caller: deep } }];
    // as: what JavaScript could answer
    const { ask } = await start(() => ({ process: async () => answers.shift() as never }));
    for (const code of [
      'SUBGRAPH_RESPONSE_INVALID',
      'SUBGRAPH_RESPONSE_INVALID',
      'SUBGRAPH_RESPONSE_INVALID',
      'SUBGRAPH_RESPONSE_TOO_LARGE',
    ]) {
      const { status, body } = await ask('{ caller }');
      expect([status, body.data, body.errors?.[0]?.extensions?.code]).toEqual([200, { caller: null }, code]);
    }
  });
});
