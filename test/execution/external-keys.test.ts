import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@external", "@requires"])`;

interface Thing {
  readonly id: string;
  readonly x: number;
  readonly w: number;
  readonly computed: number;
  readonly place?: { readonly code: string };
}

const thing = ({ id }: { id: string }) => ({
  id,
  x: 6 + Number(id),
  w: 100 + Number(id),
  place: { code: `c${id}` },
});
const given = { __resolveReference: (reference: object) => reference };

/** What `computing` requires comes from `weights`, its key from elsewhere: it declares all of it `@external`. */
const SUBGRAPHS: Readonly<Record<string, TestSubgraph>> = {
  things: {
    sdl: `${LINK}
      type Query { one: Thing all: [Thing!]! }
      type Mutation { make: Thing touch: Thing }
      type Thing @key(fields: "id") { id: ID! x: Int @shareable place: Place @shareable }
      type Place { code: ID @shareable }`,
    resolvers: {
      Query: {
        one: () => thing({ id: '1' }),
        all: () => [thing({ id: '1' }), thing({ id: '2' })],
      },
      Mutation: { make: () => thing({ id: '1' }), touch: () => thing({ id: '2' }) },
      Thing: { __resolveReference: thing },
    },
  },
  weights: {
    sdl: `${LINK} type Thing @key(fields: "id") { id: ID! x: Int @shareable w: Int }`,
    resolvers: { Thing: { __resolveReference: thing } },
  },
  computing: {
    sdl: `${LINK}
      type Thing @key(fields: "id x") { id: ID! x: Int @external w: Int @external computed: Int @requires(fields: "w") details: Details @requires(fields: "w") }
      type Details { half: Int }`,
    resolvers: {
      Thing: {
        ...given,
        computed: ({ x, w }: Thing) => 1000 * x + w,
        details: ({ w }: Thing) => ({ half: Math.floor(w / 2) }),
      },
    },
  },
  nested: {
    sdl: `${LINK}
      type Thing @key(fields: "id place { code }") { id: ID! place: Place @external w: Int @external labelled: String @requires(fields: "w") }
      type Place { code: ID @external }`,
    resolvers: { Thing: { ...given, labelled: ({ place, w }: Thing) => `${place?.code} ${w}` } },
  },
  after: {
    sdl: `${LINK} type Thing @key(fields: "id") { id: ID! computed: Int @external doubled: Int @requires(fields: "computed") }`,
    resolvers: { Thing: { ...given, doubled: ({ computed }: Thing) => 2 * computed } },
  },
};

describe('a requirement behind a key that is external', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(SUBGRAPHS);
  });
  afterAll(() => federation.close());

  it.each([
    ['{ one { computed } }', { one: { computed: 7101 } }],
    ['{ one { id x w computed } }', { one: { id: '1', x: 7, w: 101, computed: 7101 } }],
    ['{ all { c: computed } }', { all: [{ c: 7101 }, { c: 8102 }] }],
    ['{ one { details { half } } all { id } }', { one: { details: { half: 50 } }, all: [{ id: '1' }, { id: '2' }] }],
    ['{ one { labelled computed } }', { one: { labelled: 'c1 101', computed: 7101 } }],
    ['{ one { doubled } }', { one: { doubled: 14202 } }],
    ['{ one { doubled computed w } }', { one: { doubled: 14202, computed: 7101, w: 101 } }],
    [
      '{ all { ...T } } fragment T on Thing { computed ... on Thing { w } }',
      {
        all: [
          { computed: 7101, w: 101 },
          { computed: 8102, w: 102 },
        ],
      },
    ],
    [
      'query($yes: Boolean = true) { one { computed @include(if: $yes) w @skip(if: $yes) } }',
      { one: { computed: 7101 } },
    ],
    ['query($yes: Boolean = false) { one { computed @include(if: $yes) w @skip(if: $yes) } }', { one: { w: 101 } }],
    ['mutation { make { computed } }', { make: { computed: 7101 } }],
    ['mutation { make { computed } touch { doubled } }', { make: { computed: 7101 }, touch: { doubled: 16204 } }],
  ])('is answered: %s', async (query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });
});
