import { type Federation, startFederation } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@shareable", "@provides", "@interfaceObject", "@inaccessible"])`;

describe('entity fetches', () => {
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      orders: {
        sdl: `${LINK}
          type Query { orders: [Order] board: [[Cell]] }
          type Order { id: ID! buyer: User items: [Item!]! }
          type User @key(fields: "id") { id: ID! }
          type Item @key(fields: "sku") { sku: ID price: Int weight: Int }
          type Cell @key(fields: "at") { at: Int! }`,
        resolvers: {
          Query: {
            orders: () => [
              {
                id: 'o1',
                buyer: { id: 'u1' },
                items: [
                  { sku: 'a', price: 3, weight: 2 },
                  { sku: null, price: 1 },
                ],
              },
              null,
              { id: 'o2', buyer: { id: 'u2' }, items: [] },
              {
                id: 'o3',
                buyer: { id: 'u1' },
                items: [
                  { sku: 'a', price: 3, weight: 2 },
                  { sku: 'b', price: null },
                ],
              },
              { id: 'o4', buyer: null, items: [{ sku: 'gone', price: 1 }] },
            ],
            board: () => [[{ at: 1 }, null], null, [{ at: 2 }, { at: 1 }]],
          },
        },
      },
      details: {
        sdl: `${LINK}
          type User @key(fields: "id") { id: ID! name: String }
          type Item @key(fields: "sku") { sku: ID title: String price: Int @external weight: Int @external shipping: Int @requires(fields: "price weight") }
          type Cell @key(fields: "at") { at: Int! label: String }`,
        resolvers: {
          User: { __resolveReference: ({ id }: { id: string }) => ({ id, name: `name of ${id}` }) },
          Item: {
            __resolveReference: (reference: { sku: string }) => (reference.sku === 'gone' ? null : reference),
            title: ({ sku }: { sku: string }) => `title of ${sku}`,
            shipping: ({ price, weight }: { price: number | null; weight: number | null }) =>
              price === null || weight === null ? -1 : price * weight,
          },
          Cell: {
            __resolveReference: ({ at }: { at: number }) => ({ at }),
            label: ({ at }: { at: number }) => {
              if (at === 2) throw new Error('no label for 2');
              return `label ${at}`;
            },
          },
        },
      },
    });
  });

  afterAll(() => federation.close());
  beforeEach(() => {
    federation.asked('orders');
    federation.asked('details');
  });

  it('sends equal representations once and gives the answer to every target', async () => {
    const answer = await federation.ask('{ orders { id buyer { name } } }');
    expect(answer).toEqual({
      data: {
        orders: [
          { id: 'o1', buyer: { name: 'name of u1' } },
          null,
          { id: 'o2', buyer: { name: 'name of u2' } },
          { id: 'o3', buyer: { name: 'name of u1' } },
          { id: 'o4', buyer: null },
        ],
      },
    });
    const [asked] = federation.asked('details');
    expect(asked?.variables.representations).toEqual([
      { __typename: 'User', id: 'u1' },
      { __typename: 'User', id: 'u2' },
    ]);
  });

  it('leaves out entities with a null key and sends required fields that are null', async () => {
    const answer = await federation.ask('{ orders { items { title shipping } } }');
    expect(answer).toEqual({
      data: {
        orders: [
          {
            items: [
              { title: 'title of a', shipping: 6 },
              { title: null, shipping: null },
            ],
          },
          null,
          { items: [] },
          {
            items: [
              { title: 'title of a', shipping: 6 },
              { title: 'title of b', shipping: -1 },
            ],
          },
          { items: [{ title: null, shipping: null }] },
        ],
      },
    });
    const skus = federation.asked('details').flatMap(({ variables }) => variables.representations as { sku: string }[]);
    expect(skus.map(({ sku }) => sku)).toEqual(['a', 'b', 'gone']);
  });

  it('sends nothing when no entity can be asked for', async () => {
    await federation.ask('query ($no: Boolean!) { orders @skip(if: $no) { buyer { name } } }', { no: true });
    expect(federation.asked('details')).toEqual([]);
    expect(federation.asked('orders')).toEqual([]);
  });

  it('walks lists of lists with nulls inside and puts an error at the path of each place', async () => {
    const answer = await federation.ask('{ board { at label } }');
    expect(answer.data).toEqual({
      board: [
        [{ at: 1, label: 'label 1' }, null],
        null,
        [
          { at: 2, label: null },
          { at: 1, label: 'label 1' },
        ],
      ],
    });
    expect(answer.errors).toEqual([
      {
        message: 'no label for 2',
        path: ['board', 2, 0, 'label'],
        extensions: expect.objectContaining({ serviceName: 'details' }),
      },
    ]);
  });

  it('answers what stock answers, where no key is null', async () => {
    const query = '{ o: orders { n: id buyer { name id } } b: board { ...C } } fragment C on Cell { text: label at }';
    expect((await federation.ask(query)).data).toEqual((await federation.askStock(query)).data);
  });
});
