import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@override", "@external", "@requires", "@shareable"])`;

const given = { __resolveReference: (reference: object) => reference };
const IMAGE = { __typename: 'Image', id: 'i' };
const TEXT = { __typename: 'Text', id: 't' };
const VIDEO = { __typename: 'Video', id: 'v' };
const ALL = [IMAGE, TEXT, VIDEO];

const fields = 'id: ID! uri: String next: Any every: [Any!]';
const oldFields = { ...given, uri: () => 'old', next: () => IMAGE, every: () => ALL };

/** `Image.uri` and `Video.uri` move, `Text.uri` stays; the answer names the subgraph that gave it. */
const SUBGRAPHS: Readonly<Record<string, TestSubgraph>> = {
  old: {
    sdl: `${LINK}
      type Query { any: Any all: [Any!]! nested: [[Any]] moving: [Moving] union: [Entry] holder: Holder }
      type Mutation { make: Any }
      interface Any { ${fields} }
      interface Moving implements Any { ${fields} }
      union Entry = Image | Text
      type Holder @key(fields: "id") { id: ID! any: Any }
      type Image implements Any & Moving @key(fields: "id") { ${fields} }
      type Video implements Any & Moving @key(fields: "id") { ${fields} }
      type Text implements Any @key(fields: "id") { ${fields} }`,
    resolvers: {
      Query: {
        any: () => IMAGE,
        all: () => ALL,
        nested: () => [[IMAGE, null], [VIDEO]],
        moving: () => [IMAGE, VIDEO],
        union: () => [IMAGE, TEXT],
        holder: () => ({ id: 'h', any: VIDEO }),
      },
      Mutation: { make: () => IMAGE },
      Holder: { __resolveReference: () => ({ id: 'h', any: VIDEO }) },
      Image: oldFields,
      Text: oldFields,
      Video: oldFields,
    },
  },
  fresh: {
    sdl: `${LINK}
      type Image @key(fields: "id") { id: ID! uri: String @override(from: "old", label: "images") }
      type Video @key(fields: "id") { id: ID! uri: String @override(from: "old", label: "videos") }`,
    resolvers: { Image: { ...given, uri: () => 'fresh' }, Video: { ...given, uri: () => 'fresh' } },
  },
  requiring: {
    sdl: `${LINK}
      type Holder @key(fields: "id") { id: ID! any: Any @external label: String @requires(fields: "any { uri }") }
      interface Any { id: ID! uri: String }
      type Image implements Any @key(fields: "id") { id: ID! uri: String @external }
      type Video implements Any @key(fields: "id") { id: ID! uri: String @external }`,
    resolvers: { Holder: { ...given, label: ({ any }: { any: { uri: string } }) => `from ${any.uri}` } },
  },
};

const LABELS = [[{ images: true, videos: false }], [{ images: false, videos: true }]] as const;

describe.each(LABELS)('fields that move below an interface, with labels %j', (overrideLabels) => {
  const image = { uri: overrideLabels.images ? 'fresh' : 'old' };
  const video = { uri: overrideLabels.videos ? 'fresh' : 'old' };
  const text = { uri: 'old' };
  const all = [image, text, video];

  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(SUBGRAPHS, { overrideLabels });
  });
  afterAll(() => federation.close());

  it.each([
    ['{ any { uri } }', { any: image }],
    ['{ any { ... on Image { uri } } }', { any: image }],
    ['{ all { uri } }', { all }],
    ['{ nested { uri } }', { nested: [[image, null], [video]] }],
    ['{ all { place: uri } }', { all: all.map(({ uri }) => ({ place: uri })) }],
    ['{ union { ... on Any { uri } } }', { union: [image, text] }],
    ['{ moving { uri } all { ... on Moving { uri } } }', { moving: [image, video], all: [image, {}, video] }],
    ['{ all { every { uri } } }', { all: [{ every: all }, { every: all }, { every: all }] }],
    ['{ all { next { next { uri } } } }', { all: ALL.map(() => ({ next: { next: image } })) }],
    [
      '{ all { ...A } } fragment A on Any { ...B next { ...B } } fragment B on Any { uri }',
      {
        all: all.map((one) => ({ ...one, next: image })),
      },
    ],
    ['query($yes: Boolean = true) { all { uri @include(if: $yes) ... on Text @skip(if: $yes) { id } } }', { all }],
    [
      'query($yes: Boolean = true) { all { ... on Any @skip(if: $yes) { uri } ... @include(if: $yes) { uri } } }',
      { all },
    ],
    ['mutation { make { uri next { uri } } }', { make: { ...image, next: image } }],
    ['{ holder { any { uri } } }', { holder: { any: video } }],
    ['{ holder { label } }', { holder: { label: `from ${video.uri}` } }],
    ['{ holder { label any { uri } } }', { holder: { label: `from ${video.uri}`, any: video } }],
  ])('come from where their label says: %s', async (query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it('are asked of the interface where nothing moves', async () => {
    federation.asked('old');
    await federation.ask('{ all { id } }');
    expect(federation.asked('old').map(({ query }) => query)).toEqual([expect.not.stringContaining('... on Image')]);
  });
});

describe('fields that move below an interface with a type that clients do not know', () => {
  const INACCESSIBLE = LINK.replace('"@key"', '"@key", "@inaccessible"');
  const typesOf = (uri: string) => `interface Any { uri: String label: String }
    type Image implements Any @key(fields: "id") { id: ID! uri: String${uri} label: String @shareable }
    type Secret implements Any @key(fields: "id") @inaccessible { id: ID! uri: String${uri} label: String @shareable }`;
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      old: {
        sdl: `${INACCESSIBLE} type Query { image: Image } ${typesOf('')}`,
        resolvers: { Image: { ...given, uri: () => 'old' } },
      },
      fresh: {
        sdl: `${INACCESSIBLE} type Query { all: [Any] } ${typesOf(' @override(from: "old", label: "images")')}`,
        resolvers: { Query: { all: () => [IMAGE, { __typename: 'Secret', id: 's' }] }, Image: { uri: () => 'fresh' } },
      },
    });
  });
  afterAll(() => federation.close());

  it('are asked of the types that they know', async () => {
    federation.asked('fresh');
    const query = 'query ($on: Boolean = true) { all { ...Moves @include(if: $on) } } fragment Moves on Any { uri }';
    expect(await federation.ask(query)).toEqual({ data: { all: [{ uri: 'old' }, null] } });
    expect(federation.asked('fresh').map((one) => one.query)).toEqual([expect.not.stringContaining('uri')]);
  });
});
