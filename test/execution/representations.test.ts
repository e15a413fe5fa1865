import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

interface Reference {
  readonly __typename: string;
  readonly id: string;
}

/** Rows 4 to 7: what is sent for an entity, and what is kept of the answer. */
describe('representations', () => {
  let federation: Federation;
  const representations = (subgraph = 'details') =>
    federation.asked(subgraph).flatMap(({ variables }) => variables.representations as Record<string, unknown>[]);

  const ITEMS = [
    {
      __typename: 'Book',
      id: 'b1',
      pages: 10,
      cover: { __typename: 'Hard', weight: 3 },
      parts: [{ __typename: 'Disc', tracks: [1, 2] }],
    },
    {
      __typename: 'Film',
      id: 'f1',
      minutes: 90,
      parts: [{ __typename: 'Secret', code: 'x' }, { __typename: 'Disc', tracks: null }, null],
    },
    { __typename: 'Hidden', id: 'h1' },
    { __typename: 'Book', id: 'b2', pages: null, cover: null, parts: null },
  ];

  beforeAll(async () => {
    federation = await startFederation({
      items: {
        sdl: `${FEDERATION}
          type Query { items: [Item] hidden: Item book: Book pair: [Book] orders: [Order] loose: [Loose] }
          interface Item @key(fields: "id") { id: ID! parts: [Part] }
          type Book implements Item @key(fields: "id") { id: ID! pages: Int cover: Cover parts: [Part] grade: Grade meta: Meta }
          type Film implements Item @key(fields: "id") { id: ID! minutes: Int parts: [Part] }
          type Hidden implements Item @key(fields: "id") @inaccessible { id: ID! parts: [Part] }
          union Cover = Hard | Soft
          type Hard { weight: Int }
          type Soft { colour: String }
          interface Part { tracks: [Int] }
          type Disc implements Part { tracks: [Int] }
          type Secret implements Part @inaccessible { tracks: [Int] code: String }
          enum Grade { FINE SECRET @inaccessible }
          type Meta { a: Int b: Int }
          type Order @key(fields: "customer { id region { code } } number") { customer: Customer number: Int total: Int }
          type Customer { id: ID region: Region }
          type Region { code: String }
          type Loose @key(fields: "a") @key(fields: "b") { a: ID b: ID }`,
        resolvers: {
          Query: {
            items: () => ITEMS,
            hidden: () => ITEMS[2],
            book: () => ({ ...ITEMS[0], grade: 'SECRET', meta: { a: 1, b: 2 } }),
            pair: () => [
              { ...ITEMS[0], meta: { a: 1, b: 2 } },
              { ...ITEMS[0], meta: { a: 1, b: 2 } },
            ],
            orders: () => [
              { customer: { id: 'c', region: { code: 'n' } }, number: 1, total: 5 },
              { customer: { id: 'c', region: null }, number: 1, total: 5 },
              { customer: null, number: 1, total: 5 },
              { customer: { id: 'c', region: { code: 'n' } }, number: 1, total: 6 },
            ],
            loose: () => [
              { a: 'a1', b: null },
              { a: null, b: 'b1' },
              { a: null, b: null },
            ],
          },
          Item: {
            __resolveType: ({ __typename }: Reference) => __typename,
            __resolveReference: ({ id }: Reference) => ITEMS.find((one) => one.id === id),
          },
        },
      },
      notes: {
        sdl: `${FEDERATION}
          type Item @key(fields: "id") @interfaceObject { id: ID! note: String }`,
        resolvers: {
          Item: {
            __resolveReference: ({ id }: Reference) => (id === 'f1' ? null : { id }),
            note: ({ id }: Reference) => `note of ${id}`,
          },
        },
      },
      details: {
        sdl: `${FEDERATION}
          type Book @key(fields: "id") { id: ID! pages: Int @external cover: Cover @external parts: [Part] @external grade: Grade @external meta: Meta @external
            summary: String @requires(fields: "pages cover { ... on Hard { weight } ... on Soft { colour } } parts { tracks ... on Secret { code } }")
            hint: String @requires(fields: "grade") second: Second first: Int @requires(fields: "meta { a }") whole: Int @requires(fields: "meta { b a }") }
          type Film @key(fields: "id") { id: ID! parts: [Part] @external summary: String @requires(fields: "parts { __typename tracks ... on Secret { code } }") }
          type Second { n: Int }
          union Cover = Hard | Soft
          type Hard { weight: Int @external }
          type Soft { colour: String @external }
          interface Part { tracks: [Int] }
          type Disc implements Part { tracks: [Int] @external }
          type Secret implements Part @inaccessible { tracks: [Int] @external code: String @external }
          enum Grade { FINE SECRET @inaccessible }
          type Meta { a: Int @external b: Int @external }
          type Order @key(fields: "customer { id region { code } } number") { customer: Customer number: Int total: Int @external state: String @requires(fields: "total") }
          type Customer @shareable { id: ID region: Region }
          type Region @shareable { code: String }
          type Loose @key(fields: "a") @key(fields: "b") { a: ID b: ID via: String }`,
        resolvers: {
          Book: {
            __resolveReference: (reference: object) => reference,
            summary: (reference: object) => JSON.stringify(reference),
            hint: ({ grade }: { grade: string }) => `grade is ${grade}`,
            first: ({ meta }: { meta: { a: number } }) => meta.a,
            whole: ({ meta }: { meta: { a: number; b: number } }) => meta.a + meta.b,
            second: () => ({ n: 2 }),
          },
          Film: {
            __resolveReference: (reference: object) => reference,
            summary: (reference: object) => JSON.stringify(reference),
          },
          Order: {
            __resolveReference: (reference: object) => reference,
            state: ({ total }: { total: number }) => `total ${total}`,
          },
          Loose: {
            __resolveReference: (reference: object) => reference,
            via: ({ a, b }: { a?: string; b?: string }) => `${a ?? '-'}${b ?? '-'}`,
          },
        },
      },
    });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    federation.asked('details');
    federation.asked('items');
  });

  it('have only the fragments that fit the concrete type, also below interfaces, unions and hidden types', async () => {
    const answer = await federation.ask('{ items { __typename ... on Book { summary } } }');
    expect(representations()).toEqual([
      {
        __typename: 'Book',
        id: 'b1',
        pages: 10,
        cover: { __typename: 'Hard', weight: 3 },
        parts: [{ __typename: 'Disc', tracks: [1, 2] }],
      },
      { __typename: 'Book', id: 'b2', pages: null, cover: null, parts: null },
    ]);
    expect(answer.errors).toBeUndefined();
  });

  it('hide what clients may not see and still send it', async () => {
    const answer = await federation.ask('{ book { grade hint } items { id } hidden { id } }');
    expect(answer).toEqual({
      data: {
        book: { grade: null, hint: 'grade is SECRET' },
        items: [{ id: 'b1' }, { id: 'f1' }, null, { id: 'b2' }],
        hidden: null,
      },
    });
    expect(representations()).toEqual([{ __typename: 'Book', id: 'b1', grade: 'SECRET' }]);
  });

  it('take required parts of a hidden type', async () => {
    const answer = await federation.ask('{ items { ... on Film { summary } } }');
    expect(answer.data).toEqual({
      items: [
        {},
        {
          summary: JSON.stringify({
            __typename: 'Film',
            id: 'f1',
            parts: [{ __typename: 'Secret', tracks: null, code: 'x' }, { __typename: 'Disc', tracks: null }, null],
          }),
        },
        null,
        {},
      ],
    });
  });

  it('give an interface object the name of the interface, and the answer to the concrete objects', async () => {
    const answer = await federation.ask('{ items { __typename note } pair { note } }');
    expect(answer.data).toEqual({
      items: [
        { __typename: 'Book', note: 'note of b1' },
        { __typename: 'Film', note: null },
        null,
        { __typename: 'Book', note: 'note of b2' },
      ],
      pair: [{ note: 'note of b1' }, { note: 'note of b1' }],
    });
    const lists = federation.asked('notes').flatMap(({ variables }) => Object.values(variables));
    expect(lists.length).toBeGreaterThan(0);
    for (const list of lists) expect(list).toContainEqual({ __typename: 'Item', id: 'b1' });
  });

  it('are not shared between fetches that ask for different things', async () => {
    const answer = await federation.ask('{ pair { first whole second { n } } book { second { n } whole } }');
    const one = { first: 1, whole: 3, second: { n: 2 } };
    expect(answer.data).toEqual({ pair: [one, one], book: { second: { n: 2 }, whole: 3 } });
  });

  it('are sent once when they are equal, however their keys are ordered', async () => {
    await federation.ask('{ pair { whole } }');
    expect(representations()).toEqual([{ __typename: 'Book', id: 'b1', meta: { a: 1, b: 2 } }]);
  });

  it('are left out when a part of a compound key is null, and kept apart by what is required', async () => {
    const answer = await federation.ask('{ orders { number state } }');
    expect(answer).toEqual({
      data: {
        orders: [
          { number: 1, state: 'total 5' },
          { number: 1, state: null },
          { number: 1, state: null },
          { number: 1, state: 'total 6' },
        ],
      },
    });
    const key = { __typename: 'Order', customer: { id: 'c', region: { code: 'n' } }, number: 1 };
    expect(representations()).toEqual([
      { ...key, total: 5 },
      { ...key, total: 6 },
    ]);
  });

  it('are not sent at all when none has a key', async () => {
    const answer = await federation.ask('{ loose { via } }');
    expect(representations().length).toBeLessThan(3);
    expect(answer.data).toMatchObject({ loose: [{ via: expect.any(String) }, {}, { via: null }] });
  });
});

/** What an interface object is given is rewritten: it gets the name of the interface. */
describe('representations of interface objects', () => {
  let federation: Federation;

  beforeAll(async () => {
    const things = [
      { __typename: 'Lamp', id: '1', notes: { second: { b: 1, a: 2 }, first: [{ d: 3, c: 4 }] }, size: { w: 1, h: 2 } },
    ];
    federation = await startFederation({
      things: {
        sdl: `${FEDERATION} scalar Json type Query { things: [Thing] } type Size { w: Int h: Int }
          interface Thing @key(fields: "id") { id: ID! notes: Json size: Size }
          type Lamp implements Thing @key(fields: "id") { id: ID! notes: Json size: Size }`,
        resolvers: { Query: { things: () => things } },
      },
      texts: {
        sdl: `${FEDERATION} scalar Json type Size @external { w: Int h: Int }
          type Thing @interfaceObject @key(fields: "id") {
            id: ID! notes: Json @external size: Size @external text: String @requires(fields: "notes size { w h }")
          }`,
        resolvers: { Thing: { __resolveReference: (one: object) => one, text: (one: object) => JSON.stringify(one) } },
      },
    });
  });
  afterAll(() => federation.close());

  it('have the members of a scalar in the order that they came in', async () => {
    await federation.ask('{ things { text } }');
    const sent = federation
      .asked('texts')
      .flatMap((call) => call.variables.representations as Record<string, unknown>[])[0];
    expect(sent).toMatchObject({ __typename: 'Thing', size: { w: 1, h: 2 } });
    expect(JSON.stringify(sent?.notes)).toBe('{"second":{"b":1,"a":2},"first":[{"d":3,"c":4}]}');
  });
});
