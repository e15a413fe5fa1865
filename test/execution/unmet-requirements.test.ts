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

/** Decision 21: what an object has depends on the types of the objects that it was found behind. */
describe('objects that lack it behind some types only', () => {
  let federation: Federation;

  interface Thing {
    readonly __typename: string;
    readonly code: string;
    readonly word?: string;
  }

  beforeAll(async () => {
    const things: Record<string, Thing & { like: () => Thing | undefined }> = Object.fromEntries(
      (
        [
          ['Book', 'b1', 'b1'],
          ['Book', 'b2', 'f1'],
          ['Film', 'f1', 'b1'],
          ['Film', 'f2', 'f2'],
        ] as const
      ).map(([__typename, code, other]) => [
        code,
        { __typename, code, word: `word ${code}`, like: () => things[other] },
      ]),
    );
    const type = { __resolveReference: ({ code }: Thing) => things[code] };
    const __resolveType = (one: Thing) => one.__typename;
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { items: [Item] any: [Any] }
          union Any = Book | Film
          interface Item @key(fields: "code") { code: String! word: String }
          type Book implements Item @key(fields: "code") { code: String! word: String like: Any }
          type Film implements Item @key(fields: "code") { code: String! word: String like: Any }`,
        resolvers: {
          Query: { items: () => Object.values(things), any: () => Object.values(things) },
          Item: { ...type, __resolveType },
          Any: { __resolveType },
          Book: type,
          Film: type,
        },
      },
      owner: {
        sdl: `${FEDERATION}
          type Query { owned: [Item] }
          type Item @interfaceObject @key(fields: "code") {
            code: String! word: String @external plain(n: Int): String long: String @requires(fields: "word") other: Item
          }`,
        resolvers: {
          Query: { owned: () => Object.keys(things).map((code) => ({ __typename: 'Item', code })) },
          Item: {
            __resolveReference: (reference: object) => reference,
            plain: ({ code }: Thing, { n }: { n?: number }) => `plain ${code} ${n}`,
            long: ({ word }: Thing) => `long ${word}`,
            other: ({ code }: Thing) => ({ __typename: 'Item', code: things[code]?.like()?.code }),
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    [
      'of a union, of the same type',
      `{ any {
        ... on Film { like { ... on Book { x: long } } }
        ... on Book { like { ... on Book { other { __typename } x: plain(n: 3) } } }
      } }`,
      {
        any: [
          { like: { other: { __typename: 'Book' }, x: 'plain b1 3' } },
          { like: {} },
          { like: { x: 'long word b1' } },
          { like: {} },
        ],
      },
    ],
    [
      'of an interface, of another type than the one that is asked for more',
      `{ items {
        ... on Film { like { ... on Film { x: word } ... on Book { x: plain(n: 1) y: long } } }
        ... on Book { like { ... on Film { x: plain(n: 1) } ... on Book { x: plain(n: 2) y: long } } }
      } }`,
      {
        items: [
          { like: { x: 'plain b1 2', y: 'long word b1' } },
          { like: { x: 'plain f1 1' } },
          { like: { x: 'plain b1 1', y: 'long word b1' } },
          { like: { x: 'word f2' } },
        ],
      },
    ],
    [
      'that are asked for the same',
      `{ items {
        ... on Film { like { ... on Film { word plain } ... on Book { long } } }
        ... on Book { like { ... on Film { plain } ... on Book { long } } }
      } }`,
      {
        items: [
          { like: { long: 'long word b1' } },
          { like: { plain: 'plain f1 undefined' } },
          { like: { long: 'long word b1' } },
          { like: { word: 'word f2', plain: 'plain f2 undefined' } },
        ],
      },
    ],
    [
      'that nobody tells apart',
      `{ owned {
        ... on Film { like { ... on Book { x: long } } }
        ... on Book { like { ... on Book { x: plain(n: 3) } } }
      } }`,
      { owned: [{ like: { x: 'plain b1 3' } }, { like: {} }, { like: { x: 'long word b1' } }, { like: {} }] },
    ],
  ])('are asked for the rest: %s', async (_where, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });
});

/** Decision 21: types are told apart only where what they have differs, however many there are. */
describe('objects behind twenty types', () => {
  let federation: Federation;
  const TYPES = Array.from({ length: 20 }, (_, at) => `T${at}`);

  interface Thing {
    readonly __typename: string;
    readonly code: string;
  }

  beforeAll(async () => {
    const things = new Map(TYPES.map((__typename) => [__typename, { __typename, code: __typename, word: 'w' }]));
    const next = ({ code }: Thing) => things.get(`T${(Number(code.slice(1)) + 1) % 20}`);
    const __resolveReference = ({ code }: Thing) => things.get(code);
    const __resolveType = (one: Thing) => one.__typename;
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { items: [Item] }
          interface Item @key(fields: "code") { code: String! word: String next: Item }
          ${TYPES.map((name) => `type ${name} implements Item @key(fields: "code") { code: String! word: String next: Item }`).join('\n')}`,
        resolvers: {
          Query: { items: () => [...things.values()] },
          Item: { __resolveReference, __resolveType },
          ...Object.fromEntries(TYPES.map((name) => [name, { __resolveReference, next }])),
        },
      },
      owner: {
        sdl: `${FEDERATION}
          type Item @interfaceObject @key(fields: "code") {
            code: String! word: String @external plain: String long: String @requires(fields: "word")
          }`,
        resolvers: {
          Item: {
            __resolveReference: (reference: object) => reference,
            plain: ({ code }: Thing) => `plain ${code}`,
            long: ({ word }: { word?: string }) => `long ${word}`,
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  const itemsOf = (data: unknown) => (data as { items: readonly object[] }).items;
  const behindEach = (asked: (index: number) => string) =>
    `{ items { ${TYPES.map((name, index) => `... on ${name} { next { ${asked(index)} } }`).join(' ')} } }`;

  it('are asked for the same in one list', async () => {
    const { data } = await federation.ask(behindEach(() => '... on T1 { long } ... on T2 { plain } word'));
    expect(itemsOf(data).slice(0, 3)).toEqual([
      { next: { long: 'long w', word: 'w' } },
      { next: { plain: 'plain T2', word: 'w' } },
      { next: { word: 'w' } },
    ]);
    const asked = federation.asked('owner');
    expect(asked.map(({ query }) => query.split('_entities').length - 1)).toEqual([1]);
  });

  it('are taken apart by what they have, in one request', async () => {
    const { data } = await federation.ask(
      behindEach((index) => (index % 2 === 0 ? 'long' : 'plain ... on T0 { long }')),
    );
    expect(itemsOf(data).slice(0, 2)).toEqual([{ next: { long: 'long w' } }, { next: { plain: 'plain T2' } }]);
    expect(itemsOf(data)[19]).toEqual({ next: { plain: 'plain T0', long: 'long w' } });
    const asked = federation.asked('owner');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.query.split('_entities').length).toBeLessThanOrEqual(4);
  });
});
