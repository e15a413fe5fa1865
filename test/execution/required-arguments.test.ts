import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** `@requires` with arguments: what the client asks for, and what several fields require, stay apart. */
describe('requirements with arguments', () => {
  const prices: Readonly<Record<string, number>> = { USD: 10, EUR: 9, GBP: 8 };
  const item = { __typename: 'Item', id: '1', lines: [{ id: 'l1' }, { id: 'l2' }, { id: 'l3' }] };
  const box = { __typename: 'Box', id: '2' };
  let federation: Federation;

  beforeAll(async () => {
    const priced = {
      price: (_item: unknown, { currency }: { currency: string }) => prices[currency] ?? null,
    };
    federation = await startFederation({
      shop: {
        sdl: `${FEDERATION}
          type Query { item: Item things: [Thing!]! }
          type Mutation { touch(id: ID!): Item }
          interface Thing { id: ID! price(currency: String! = "USD"): Int }
          type Item implements Thing @key(fields: "id") { id: ID! price(currency: String! = "USD"): Int
            lines(first: Int): [Line!]! owner: Owner! }
          type Box implements Thing @key(fields: "id") { id: ID! price(currency: String! = "USD"): Int }
          type Owner { name(upper: Boolean = false): String! }
          type Line @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: { item: () => item, things: () => [item, box] },
          Mutation: { touch: () => item },
          Item: {
            ...priced,
            lines: ({ lines }: typeof item, { first }: { first?: number }) => lines.slice(0, first),
            owner: () => ({}),
          },
          Box: priced,
          Owner: { name: (_owner: unknown, { upper }: { upper: boolean }) => (upper ? 'ANN' : 'ann') },
        },
      },
      lines: {
        sdl: `${FEDERATION} type Line @key(fields: "id") { id: ID! weight: Int! }`,
        resolvers: {
          Line: { __resolveReference: ({ id }: { id: string }) => ({ id, weight: Number(id.slice(1)) }) },
        },
      },
      stats: {
        sdl: `${FEDERATION}
          type Item @key(fields: "id") { id: ID!
            price(currency: String! = "USD"): Int @external
            lines(first: Int): [Line!]! @external
            owner: Owner! @external
            dollars(suffix: String = "$"): String @requires(fields: "price(currency: \\"USD\\")")
            euros(suffix: String = "€"): String @requires(fields: "price(currency: \\"EUR\\")")
            pounds: String @requires(fields: "price(currency: \\"GBP\\")")
            standard: String @requires(fields: "price")
            weight: Int @requires(fields: "lines(first: 2) { weight }")
            heaviest: Int @requires(fields: "lines(first: 3) { weight }")
            shout: String @requires(fields: "owner { name(upper: true) }")
            whisper: String @requires(fields: "owner { name(upper: false) }")
            plain: Int }
          type Box @key(fields: "id") { id: ID! price(currency: String! = "USD"): Int @external
            dollars: String @requires(fields: "price(currency: \\"USD\\")") }
          type Owner { name(upper: Boolean = false): String! @external }
          type Line @key(fields: "id") { id: ID! weight: Int! @external }`,
        resolvers: {
          Item: {
            __resolveReference: (reference: object) => ({ ...reference, plain: 5 }),
            dollars: ({ price }: { price: number }, { suffix }: { suffix: string }) => `${price}${suffix}`,
            euros: ({ price }: { price: number }, { suffix }: { suffix: string }) => `${price}${suffix}`,
            pounds: ({ price }: { price: number }) => `£${price}`,
            standard: ({ price }: { price: number }) => `${price}`,
            weight: ({ lines }: { lines: { weight: number }[] }) => lines.reduce((sum, { weight }) => sum + weight, 0),
            heaviest: ({ lines }: { lines: { weight: number }[] }) => Math.max(...lines.map(({ weight }) => weight)),
            shout: ({ owner }: { owner: { name: string } }) => owner.name,
            whisper: ({ owner }: { owner: { name: string } }) => owner.name,
          },
          Box: {
            __resolveReference: (reference: object) => reference,
            dollars: ({ price }: { price: number }) => `box ${price}`,
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    ['of one field', '{ item { euros } }', { item: { euros: '9€' } }],
    [
      'of two fields at once',
      '{ item { dollars euros pounds } }',
      { item: { dollars: '10$', euros: '9€', pounds: '£8' } },
    ],
    [
      'beside the same field without arguments',
      '{ item { standard euros price(currency: "GBP") } }',
      { item: { standard: '10', euros: '9€', price: 8 } },
    ],
    [
      'beside what the client asks for, under any name',
      '{ item { _hg_0_price: price(currency: "EUR") price(currency: "GBP") euros dollars } }',
      { item: { _hg_0_price: 9, price: 8, euros: '9€', dollars: '10$' } },
    ],
    [
      'that continue in a third subgraph',
      '{ item { weight heaviest lines(first: 1) { id weight } } }',
      { item: { weight: 3, heaviest: 3, lines: [{ id: 'l1', weight: 1 }] } },
    ],
    [
      'deeper inside',
      '{ item { shout whisper owner { name } } }',
      { item: { shout: 'ANN', whisper: 'ann', owner: { name: 'ann' } } },
    ],
    [
      'of fields beside others that require nothing',
      '{ item { plain dollars euros id } }',
      { item: { plain: 5, dollars: '10$', euros: '9€', id: '1' } },
    ],
    [
      'of types behind an interface',
      '{ things { price(currency: "GBP") ... on Item { dollars euros } ... on Box { dollars } } }',
      {
        things: [
          { price: 8, dollars: '10$', euros: '9€' },
          { price: 8, dollars: 'box 10' },
        ],
      },
    ],
  ])('%s', async (_what, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it('passes on only the variables that each of the split fetches uses', async () => {
    const query =
      'query ($a: String, $b: String, $c: Boolean!) { item { dollars(suffix: $a) ... on Item @include(if: $c) { euros(suffix: $b) } } }';
    const variables = { a: ' dollars', b: ' euros', c: true };
    expect(await federation.ask(query, variables)).toEqual({
      data: { item: { dollars: '10 dollars', euros: '9 euros' } },
    });
    expect(await federation.ask(query, { ...variables, c: false })).toEqual({
      data: { item: { dollars: '10 dollars' } },
    });
  });

  it('that a condition leaves out do not keep other fields of the same fetch away', async () => {
    const query = 'query ($yes: Boolean!) { item { plain euros @include(if: $yes) } }';
    expect(await federation.ask(query, { yes: false })).toEqual({ data: { item: { plain: 5 } } });
    expect(await federation.ask(query, { yes: true })).toEqual({ data: { item: { plain: 5, euros: '9€' } } });
  });

  it('of fields of mutations', async () => {
    const query =
      'mutation { one: touch(id: "1") { dollars euros } two: touch(id: "2") { price(currency: "GBP") euros } }';
    expect(await federation.ask(query)).toEqual({
      data: { one: { dollars: '10$', euros: '9€' }, two: { price: 8, euros: '9€' } },
    });
  });

  it('sends the real name, and all in one request', async () => {
    await federation.ask('{ item { id } }');
    federation.asked('stats');
    await federation.ask('{ item { dollars euros plain } }');
    const asked = federation.asked('stats');
    expect(asked).toHaveLength(1);
    expect(Object.values(asked[0]?.variables ?? {})).toEqual([
      [{ __typename: 'Item', id: '1', price: 10 }],
      [{ __typename: 'Item', id: '1', price: 9 }],
    ]);
    expect(federation.asked('shop').at(-1)?.query).toContain('_hg_1_price:price(currency:"EUR")');
  });
});
