import { Compiler } from '../../gateway/execution/programs';
import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override", "@external",
  "@requires", "@shareable", "@context", "@fromContext", "@interfaceObject"])`;

interface Entity {
  readonly id: string;
}

const given = { __resolveReference: (reference: object) => reference };
const told = { told: (_: unknown, { given: value }: { given: string | null }) => `told ${value}` };
const IMAGE = { __typename: 'Image', id: 'i' };
const TEXT = { __typename: 'Text', id: 't' };

/** The planner asks for what a fetch has to be given at the same time as that fetch is made; stock's answers are wrong. */
async function expectAnswers(
  federation: Federation,
  cases: readonly (readonly [query: string, data: unknown])[],
): Promise<void> {
  for (const [query, data] of cases)
    for (const ownProgramsMax of [8, 0]) {
      const operation = await federation.prepare(query, new Compiler({ ownProgramsMax }));
      expect(await operation.execute({ yes: true }, newFlight())).toEqual({ data, errors: [] });
    }
}

const BY_LABELS: Readonly<Record<string, TestSubgraph>> = {
  rooms: {
    sdl: `${LINK}
      type Query { all: [Any] }
      interface Any @context(name: "any") { id: ID! place: String held: Held }
      type Image implements Any @key(fields: "id") { id: ID! place: String @shareable held: Held @override(from: "old", label: "new") }
      type Text implements Any @key(fields: "id") { id: ID! place: String @shareable held: Held @shareable }
      type Held @key(fields: "id") { id: ID! told(given: String @fromContext(field: "$any { place }")): String }`,
    resolvers: {
      Query: { all: () => [IMAGE, TEXT] },
      Image: { ...given, place: ({ id }: Entity) => `place ${id}`, held: () => ({ id: 'new' }) },
      Text: { ...given, place: ({ id }: Entity) => `place ${id}`, held: () => ({ id: 'new' }) },
      Held: { ...given, ...told },
    },
  },
  old: {
    sdl: `${LINK}
      type Query { olds: [Any] }
      interface Any { id: ID! held: Held }
      type Image implements Any @key(fields: "id") { id: ID! held: Held }
      type Text implements Any @key(fields: "id") { id: ID! held: Held @shareable }
      type Held @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: { olds: () => [IMAGE, TEXT] },
      Image: { ...given, held: () => ({ id: 'old' }) },
      Text: { ...given, held: () => ({ id: 'old' }) },
    },
  },
};

describe.each([true, false])('contextual arguments of a field that a label moves below an interface: %s', (label) => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(BY_LABELS, { overrideLabels: { new: label } });
  });
  afterAll(() => federation.close());

  it('have their values first', async () => {
    const held = ['i', 't'].map((id) => ({ held: { told: `told place ${id}` } }));
    await expectAnswers(federation, [
      ['{ all { held { told } } }', { all: held }],
      ['{ olds { held { told } } }', { olds: held }],
      ['{ olds { ... on Image { held { told } } } }', { olds: [held[0], {}] }],
    ]);
    const of = label ? 'new' : 'old';
    await expectAnswers(federation, [
      ['{ all { ... on Image { held { id } } } }', { all: [{ held: { id: of } }, {}] }],
    ]);
  });
});

describe('contextual arguments with the value of another subgraph', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation({
      values: {
        sdl: `${LINK} type Query { a: Room } type Room @key(fields: "id") { id: ID! floor: String }`,
        resolvers: { Room: { ...given, floor: ({ id }: Entity) => `floor of ${id}` } },
      },
      holding: {
        sdl: `${LINK}
          type Room @key(fields: "id") @context(name: "room") { id: ID! floor: String @external held: Held helds: [Held!] }
          type Held @key(fields: "id") { id: ID! told(given: String @fromContext(field: "$room { floor }")): String }`,
        resolvers: {
          Room: { ...given, held: () => ({ id: 'h' }), helds: () => [{ id: 'h' }] },
          Held: { ...given, ...told },
        },
      },
      rooms: {
        sdl: `${LINK} type Query { rooms: [Room] } type Room @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { rooms: () => [{ id: '1' }, { id: '2' }] } },
      },
    });
  });
  afterAll(() => federation.close());

  it('are asked for when it is there', () =>
    expectAnswers(federation, [
      ['{ rooms { held { told } } }', { rooms: ['1', '2'].map((id) => ({ held: { told: `told floor of ${id}` } })) }],
      [
        '{ rooms { floor helds { id told } } }',
        {
          rooms: ['1', '2'].map((id) => ({
            floor: `floor of ${id}`,
            helds: [{ id: 'h', told: `told floor of ${id}` }],
          })),
        },
      ],
    ]));
});

describe('a field of an interface object that requires one of another', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation({
      types: {
        sdl: `${LINK}
          type Query { books: [Book] }
          interface Item @key(fields: "id") { id: ID! name: String }
          type Book implements Item @key(fields: "id") { id: ID! name: String }`,
        resolvers: {
          Item: {
            __resolveReference: (reference: object) => ({ ...reference, __typename: 'Book' }),
            __resolveType: () => 'Book',
          },
          Book: { ...given, name: ({ id }: Entity) => `name ${id}` },
        },
      },
      sizes: {
        sdl: `${LINK}
          type Query { items: [Item] }
          type Item @interfaceObject @key(fields: "id") { id: ID! size(in: Int = 1): String }`,
        resolvers: {
          Query: { items: () => [{ __typename: 'Item', id: '1' }] },
          Item: { ...given, size: (_: unknown, args: { in: number }) => `size in ${args.in}` },
        },
      },
      labels: {
        sdl: `${LINK}
          type Item @interfaceObject @key(fields: "id") {
            id: ID! name: String @external size(in: Int = 1): String @external label: String @requires(fields: "name size(in: 2)") }`,
        resolvers: {
          Item: { ...given, label: ({ name, size }: { name: string; size: string }) => `${name}, ${size}` },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('is asked for when that is there', () =>
    expectAnswers(federation, [
      ['{ items { ... on Book { label } } }', { items: [{ label: 'name 1, size in 2' }] }],
      [
        'query ($yes: Boolean!) { items { ... on Book @include(if: $yes) { label } size } }',
        { items: [{ label: 'name 1, size in 2', size: 'size in 1' }] },
      ],
      [
        `query ($yes: Boolean!) { items { ...Named @include(if: $yes) ... on Book @skip(if: $yes) { label } } }
         fragment Named on Item { ... on Book @include(if: $yes) { label @include(if: $yes) } size @skip(if: $yes) }`,
        { items: [{ label: 'name 1, size in 2' }] },
      ],
      ['{ items { label } }', { items: [{ label: 'name 1, size in 2' }] }],
    ]));
});

/** Subgraph `number` of those that know an interface only, by the code of its objects or by their id. */
function itemsBy(key: 'id' | 'code', number: number): TestSubgraph {
  const book = { __typename: 'Item', id: 'b', code: 'cb' };
  return {
    sdl: `${LINK}
      type Query { items${number}: [Item] }
      type Item @interfaceObject @key(fields: "${key}") { ${key}: ID! note${number}: String next${number}: Item }`,
    resolvers: {
      Query: { [`items${number}`]: () => ['b', 'f', 'd'].map((id) => ({ id, code: `c${id}` })) },
      Item: {
        ...given,
        [`note${number}`]: (item: Record<string, string>) => `note ${number} ${item[key]}`,
        [`next${number}`]: () => book,
      },
    },
  };
}

describe('fetches of several interface objects', () => {
  let federation: Federation;
  beforeAll(async () => {
    const typeOf = (id: string) => ({ b: 'Book', f: 'Film' })[id] ?? 'Disc';
    const idOf = ({ id, code }: { id?: string; code?: string }) => id ?? (code ?? '').slice(1);
    const known = {
      __resolveReference: (reference: { id?: string; code?: string }) => {
        const id = idOf(reference);
        return { __typename: typeOf(id), id, code: `c${id}` };
      },
    };
    const type = (name: string) =>
      `type ${name} implements Item @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }`;
    federation = await startFederation({
      catalog: {
        sdl: `${LINK}
          type Query { one: Item }
          interface Item @key(fields: "id") @key(fields: "code") { id: ID! code: ID! }
          ${['Book', 'Film', 'Disc'].map(type).join('\n')}`,
        resolvers: {
          Item: { ...known, __resolveType: ({ id }: Entity) => typeOf(id) },
          Book: known,
          Film: known,
          Disc: known,
        },
      },
      loans: itemsBy('code', 1),
      prices: itemsBy('id', 2),
      shelf: itemsBy('code', 3),
    });
  });
  afterAll(() => federation.close());

  it('wait for the types of their objects, whatever is left out elsewhere', async () => {
    const named = '... on Film { inner: next3 { __typename } } ... on Book { inner: next3 { __typename } }';
    const query = `query ($yes: Boolean!, $no: Boolean! = false) {
      all: items2 @include(if: $yes) {
        ... on Book { like: next3 { ... { is: __typename } } }
        ... on Disc {
          of: next1 { left: next3 @include(if: $no) { ... on Book { note: note1 } ... on Book { last: next3 { __typename } } } }
        }
        ... on Book {
          of: next2 {
            ... { price: note3 }
            left: next2 {
              ${named} ... on Book { note: note2 } ... on Film { note: note3 } __typename is: __typename
              ... on Film { last: next1 { __typename } } ... on Book { last: next3 { __typename } }
            }
            loan: note1
          }
        }
      }
      films: items2 { ... on Film { note2 } }
    }`;
    const book = { __typename: 'Book' };
    const left = { inner: book, note: 'note 2 b', __typename: 'Book', is: 'Book', last: book };
    await expectAnswers(federation, [
      [
        query,
        {
          all: [{ like: { is: 'Book' }, of: { price: 'note 3 cb', left, loan: 'note 1 cb' } }, {}, { of: {} }],
          films: [{}, { note2: 'note 2 f' }, {}],
        },
      ],
    ]);
  });
});
