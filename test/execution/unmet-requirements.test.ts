import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** Row 4 and 7: an entity is asked for what it was sent the requirements of, and for nothing without a key. */
describe('objects that lack what a field requires', () => {
  let federation: Federation;

  beforeAll(async () => {
    const items = [
      { __typename: 'Book', id: '1', weight: 3 },
      { __typename: 'Film', id: '2', weight: 5 },
    ];
    const found = ({ id }: { id: string }) => items.find((one) => one.id === id);
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { items: [Item] }
          interface Item @key(fields: "id") { id: ID! weight: Int }
          type Book implements Item @key(fields: "id") { id: ID! weight: Int }
          type Film implements Item @key(fields: "id") { id: ID! weight: Int }`,
        resolvers: {
          Query: { items: () => items },
          Item: { __resolveReference: found, __resolveType: (item: { __typename: string }) => item.__typename },
          Book: { __resolveReference: found },
          Film: { __resolveReference: found },
        },
      },
      shipping: {
        sdl: `${FEDERATION}
          type Query { shipped: [Item] }
          type Item @interfaceObject @key(fields: "id") {
            id: ID! weight: Int @external cost: String @requires(fields: "weight") carrier: String
            insured: String @requires(fields: "weight")
          }`,
        resolvers: {
          Query: { shipped: () => items.map(({ id }) => ({ __typename: 'Item', id })) },
          Item: {
            __resolveReference: (reference: object) => reference,
            cost: ({ weight }: { weight?: number }) => {
              if (weight === undefined) throw new Error('no weight was sent');
              return `${weight} EUR`;
            },
            insured: ({ weight }: { weight?: number }) => `for ${weight} EUR`,
            carrier: ({ id }: { id: string }) => `carrier ${id}`,
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('are asked for what does not require it', async () => {
    expect(await federation.ask('{ items { carrier ... on Film { cost insured } } }')).toEqual({
      data: { items: [{ carrier: 'carrier 1' }, { carrier: 'carrier 2', cost: '5 EUR', insured: 'for 5 EUR' }] },
    });
    const representations = federation.asked('shipping').map(({ variables }) => variables);
    expect(representations).toHaveLength(1);
    expect(Object.values(representations[0] ?? {}).flat()).toEqual(
      expect.arrayContaining([
        { __typename: 'Item', id: '1' },
        { __typename: 'Item', id: '2', weight: 5 },
      ]),
    );
  });

  it.each([
    ['of the interface', '{ shipped { ... on Film { cost } } }', { shipped: [{}, { cost: '5 EUR' }] }],
    [
      'below a condition',
      'query ($no: Boolean!) { ... @skip(if: $no) { items { ... on Film { carrier ... on Film @skip(if: $no) { cost } } } } }',
      { items: [{}, { carrier: 'carrier 2', cost: '5 EUR' }] },
    ],
  ])('are not sent without a key %s', async (_where, query, data) => {
    expect(await federation.ask(query, { no: false })).toEqual({ data });
  });

  it('are asked for the rest when a condition leaves the field and its requirement out', async () => {
    const query = 'query ($with: Boolean!) { items { carrier cost @include(if: $with) } }';
    expect(await federation.ask(query, { with: false })).toEqual({
      data: { items: [{ carrier: 'carrier 1' }, { carrier: 'carrier 2' }] },
    });
    expect(await federation.ask(query, { with: true })).toEqual({
      data: {
        items: [
          { carrier: 'carrier 1', cost: '3 EUR' },
          { carrier: 'carrier 2', cost: '5 EUR' },
        ],
      },
    });
  });

  it.each([
    ['{ items { ... on Film { x: cost } ... on Book { x: carrier } } }', [{ x: 'carrier 1' }, { x: '5 EUR' }]],
    [
      '{ items { ... on Film { carrier: cost } ... on Book { carrier } } }',
      [{ carrier: 'carrier 1' }, { carrier: '5 EUR' }],
    ],
    ['{ items { x: carrier ... on Film { y: carrier } } }', [{ x: 'carrier 1' }, { x: 'carrier 2', y: 'carrier 2' }]],
  ])('of an interface object may have different fields under one response key: %s', async (query, items) => {
    expect(await federation.ask(query)).toEqual({ data: { items } });
  });
});
