import { HeadgateGateway, IDENTITY } from '../../gateway';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { type ApolloHost, type Bookshop, startApolloHost, startBookshop } from '../fixtures/apollo-host';

const QUERY = '{ books { title copies } }';

describe('a HeadgateGateway with a supergraph that protects something', () => {
  let shop: Bookshop;
  let supergraphSdl: string;
  let host: ApolloHost;

  beforeAll(async () => {
    shop = await startBookshop();
    const services = shop.services.map((one) => ({
      ...one,
      sdl: one.sdl
        .replace('federation/v2.7', 'federation/v2.11')
        .replace('"@shareable"', '"@shareable", "@requiresScopes"')
        .replace('copies: Int', 'copies: Int @requiresScopes(scopes: [["stock"]])'),
    }));
    supergraphSdl = (await composeSubgraphs(services)).sdl;
  });
  afterEach(() => host.stop());
  afterAll(async () => {
    await shop.close();
    await closeCompositionThread();
  });

  async function start(directives: object): Promise<void> {
    const gateway = new HeadgateGateway({
      supergraphSdl,
      config: { planning: { deadline: '1m' }, authorization: { directives } },
      plugins: [
        {
          name: 'identity',
          asked: (next) => (asked, call) => {
            const { authorization: scope } = call.headers;
            const scopes = new Set([scope ?? '']);
            if (scope !== undefined)
              call.facts.put(IDENTITY, { type: 'jwt', claims: {}, scopes, expiresAt: null, key: scope });
            return next(asked, call);
          },
        },
      ],
    });
    host = await startApolloHost(gateway);
  }

  it('gives its clients what a plugin says they may have', async () => {
    await start({});
    const { status, body } = await host.ask(QUERY);
    expect([status, body.data]).toEqual([
      200,
      { books: [1, 2].map((at) => ({ title: at === 1 ? 'One' : 'Two', copies: null })) },
    ]);
    expect(body.errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual(
      [0, 1].map((at) => [['books', at, 'copies'], 'UNAUTHORIZED_FIELD_OR_TYPE']),
    );
    expect((await host.ask(QUERY, { headers: { authorization: 'other' } })).body.data).toEqual(body.data);
    expect((await host.ask(QUERY, { headers: { authorization: 'stock' } })).body).toEqual({
      data: {
        books: [
          { title: 'One', copies: 10 },
          { title: 'Two', copies: 20 },
        ],
      },
    });
  });

  it('refuses with 403 where that is wished', async () => {
    await start({ mode: 'reject' });
    const { status, body } = await host.ask(QUERY);
    expect(status).toBe(403);
    expect(body.data).toBeUndefined();
    expect(body.errors).toEqual([
      {
        message: 'Unauthorized field or type',
        path: ['books', 'copies'],
        extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
      },
    ]);
  });
});
