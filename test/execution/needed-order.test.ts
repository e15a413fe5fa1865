import { Compiler } from '../../gateway/execution/programs';
import { type Federation, newCall, startFederation, type TestSubgraph } from '../fixtures/federation';

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
      expect(await operation.execute({ yes: true }, newCall())).toEqual({ data, errors: [] });
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
