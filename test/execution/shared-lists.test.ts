import { type Federation, startFederation } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires"])`;

interface Identified {
  readonly id: string;
}

/** Id `3-2`: one subgraph answers three lines, the other two. Both know the lines by their place only. */
const lines =
  (which: 0 | 1) =>
  ({ id }: Identified) =>
    Array.from({ length: Number(id.split('-')[which]) }, (_, index) => ({
      amount: index + 1,
      price: 10 * index,
    }));

describe('lists that two subgraphs answer', () => {
  let federation: Federation;
  beforeAll(async () => {
    const given = { __resolveReference: ({ id }: Identified) => ({ id }) };
    federation = await startFederation({
      stock: {
        sdl: `${LINK} type Query { order(id: ID!): Order orders(ids: [ID!]!): [Order!]! }
          type Order @key(fields: "id") { id: ID! lines: [Line] @shareable strict: [Line!]! @shareable nested: [[Line]] @shareable parcel: Parcel }
          type Parcel @key(fields: "id") { id: ID! lines: [Line] @shareable }
          type Line { amount: Int }`,
        resolvers: {
          Query: {
            order: (_: unknown, { id }: Identified) => ({ id }),
            orders: (_: unknown, { ids }: { ids: string[] }) => ids.map((id) => ({ id })),
          },
          Order: {
            ...given,
            lines: lines(0),
            strict: lines(0),
            nested: (one: Identified) => [lines(0)(one)],
            parcel: (one: Identified) => one,
          },
          Parcel: { ...given, lines: lines(0) },
        },
      },
      prices: {
        sdl: `${LINK}
          type Order @key(fields: "id") { id: ID! lines: [Line] @shareable strict: [Line!]! @shareable nested: [[Line]] @shareable }
          type Parcel @key(fields: "id") { id: ID! lines: [Line] @shareable }
          type Line { price: Int }`,
        resolvers: {
          Order: { ...given, lines: lines(1), strict: lines(1), nested: (one: Identified) => [lines(1)(one)] },
          Parcel: { ...given, lines: lines(1) },
        },
      },
      totals: {
        sdl: `${LINK}
          type Order @key(fields: "id") { id: ID! lines: [Line] @external total: Int @requires(fields: "lines { amount price }")
            parcel: Parcel @external weight: Int @requires(fields: "parcel { lines { amount price } }") note: String }
          type Parcel @key(fields: "id") { id: ID! lines: [Line] @external }
          type Line { amount: Int @external price: Int @external }`,
        resolvers: {
          Order: {
            __resolveReference: (reference: object) => reference,
            total: (order: { lines: { amount: number; price: number }[] }) =>
              order.lines.reduce((sum, { amount, price }) => sum + amount * price, 0),
            weight: () => 1,
            note: () => 'noted',
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  const refused = (field: string, ...path: (string | number)[]) => ({
    message: `Order.${field} was answered with lists of different length, whose elements cannot be told apart.`,
    path,
    extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' },
  });
  const two = [
    { amount: 1, price: 0 },
    { amount: 2, price: 10 },
  ];

  it('are joined where they are equally long', async () => {
    const query =
      '{ order(id: "2-2") { lines { amount price } strict { amount price } nested { amount price } total } }';
    expect(await federation.ask(query)).toEqual({
      data: { order: { lines: two, strict: two, nested: [two], total: 20 } },
    });
    expect(await federation.ask('{ order(id: "0-0") { lines { amount price } } }')).toEqual({
      data: { order: { lines: [] } },
    });
  });

  it.each(['3-2', '2-3', '0-1'])('are null with an error where they are not: %s', async (id) => {
    const order = `order(id: "${id}")`;
    expect(await federation.ask(`{ ${order} { id lines { amount price } } }`)).toEqual({
      data: { order: { id, lines: null } },
      errors: [refused('lines', 'order', 'lines')],
    });
    expect(await federation.ask(`{ ${order} { id strict { amount price } } }`)).toEqual({
      data: { order: null },
      errors: [refused('strict', 'order', 'strict')],
    });
    expect(await federation.ask(`{ ${order} { id nested { amount price } } }`)).toEqual({
      data: { order: { id, nested: [null] } },
      errors: [refused('nested', 'order', 'nested', 0)],
    });
  });

  it('say so for each of several objects', async () => {
    expect(await federation.ask('{ orders(ids: ["2-2", "1-2"]) { lines { amount price } } }')).toEqual({
      data: { orders: [{ lines: two }, { lines: null }] },
      errors: [refused('lines', 'orders', 1, 'lines')],
    });
  });

  it('are not sent to who requires them where they are not', async () => {
    federation.asked('totals');
    const why =
      'was not asked for: Order.lines was answered with lists of different length, whose elements cannot be told apart.';
    const error = (...path: (string | number)[]) => ({
      message: `Order.total ${why}`,
      path,
      extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' },
    });
    expect(await federation.ask('{ order(id: "3-2") { total } }')).toEqual({
      data: { order: { total: null } },
      errors: [error('order', 'total')],
    });
    const one = await federation.prepare('{ orders(ids: ["3-2", "2-2", "0-1"]) { id sum: total } }');
    for (let time = 0; time < 3; time++) {
      const { data, errors } = await one.execute({}, newFlight());
      expect(data).toEqual({
        orders: [
          { id: '3-2', sum: null },
          { id: '2-2', sum: 20 },
          { id: '0-1', sum: null },
        ],
      });
      expect(errors?.map((found) => found.toJSON())).toEqual([error('orders', 0, 'sum'), error('orders', 2, 'sum')]);
    }
    expect(federation.asked('totals')).toHaveLength(3);
  });

  it('that are required deep inside of something have an error where it was asked for', async () => {
    const query = '{ order(id: "3-2") { parcel { id } weight note } }';
    const { data, errors } = await federation.ask(query);
    expect(data).toEqual({ order: { parcel: { id: '3-2' }, weight: null, note: 'noted' } });
    expect(errors).toEqual([
      {
        message:
          'Order.weight was not asked for: Parcel.lines was answered with lists of different length, whose elements cannot be told apart.',
        path: ['order', 'weight'],
        extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' },
      },
    ]);
  });

  it('may be of any length where one subgraph answers all that is asked', async () => {
    expect(await federation.ask('{ order(id: "1-2") { lines { amount } } }')).toEqual({
      data: { order: { lines: [{ amount: 1 }] } },
    });
  });
});
