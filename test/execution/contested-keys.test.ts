import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** Spec: CollectFields, section 6.3.2. What a key stands for is decided by the type of each object. */
describe('a response key that stands for different fields on different types', () => {
  const water = {
    __typename: 'Water',
    id: 'w',
    photo: { id: 'p1' },
    photos: [{ id: 'p1' }, { id: 'p2' }],
    meta: { w: 1, h: 2 },
  };
  const land = {
    __typename: 'Land',
    id: 'l',
    photo: { id: 'p2' },
    photos: [{ id: 'p2' }, { id: 'p3' }],
    meta: { w: 3, h: 4 },
  };
  /** Has the photo of the first one. */
  const air = { __typename: 'Air', id: 'a', photo: { id: 'p1' }, photos: [{ id: 'p3' }], meta: { w: 5, h: 6 } };
  const parts = [water, land, air];
  let federation: Federation;

  const PARTS = ['Water', 'Land', 'Air']
    .map(
      (name) => `type ${name} implements Part @key(fields: "id") {
        id: ID! photo(of: String): Photo photos(first: Int): [Photo!] meta: Meta size(unit: String = "m"): String }`,
    )
    .join('\n');

  beforeAll(async () => {
    const part = {
      photo: (parent: { photo: object }, { of }: { of?: string }) => (of === undefined ? parent.photo : { id: of }),
      photos: (parent: { photos: object[] }, { first }: { first?: number }) => parent.photos.slice(0, first),
      size: (parent: { id: string }, { unit }: { unit: string }) => `${parent.id} in ${unit}`,
    };
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { parts: [Part!] any: [Any!] part(id: ID!): Part }
          type Mutation { touch: Part touchAll: [Part!] }
          union Any = Water | Land | Air
          interface Part { id: ID! photo(of: String): Photo photos(first: Int): [Photo!] meta: Meta }
          ${PARTS}
          type Meta { w: Int h: Int }
          type Photo @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: { parts: () => parts, any: () => parts, part: (_, { id }) => parts.find((one) => one.id === id) },
          Mutation: { touch: () => land, touchAll: () => parts },
          Water: part,
          Land: part,
          Air: part,
        },
      },
      media: {
        sdl: `${FEDERATION}
          type Photo @key(fields: "id") { id: ID! thumb(width: Int!, format: Format): String title: String alt: String author(rank: Int = 0): Author
            crop(box: Box): String fails(hard: Boolean): String shots(first: Int): [Shot!] }
          input Box { x: Int y: Int }
          enum Format { PNG JPG }
          type Shot { at(zone: String): String by: Author }
          type Author @key(fields: "id") { id: ID! }
          type Water @key(fields: "id") { id: ID! depth(unit: String): String note: String }
          type Land @key(fields: "id") { id: ID! height(unit: String): String note: String }
          type Air @key(fields: "id") { id: ID! height(unit: String): String note: String }`,
        resolvers: {
          Photo: {
            thumb: ({ id }, { width, format = 'ANY' }) => `${id} ${width} ${format}`,
            title: ({ id }) => `title ${id}`,
            alt: ({ id }) => `alt ${id}`,
            author: ({ id }, { rank }) => ({ id: `${id}.${rank}` }),
            crop: ({ id }, { box }) => `${id} ${JSON.stringify(box)}`,
            fails: ({ id }, { hard }) => {
              throw new Error(`${id} fails ${hard}`);
            },
            shots: ({ id }, { first = 2 }) =>
              Array.from({ length: first }, (_, index) => ({ name: `${id}.${index}`, by: { id: `${id}.${index}` } })),
          },
          Shot: { at: ({ name }, { zone = '' }) => `${name}${zone}` },
          Water: { depth: ({ id }, { unit }) => `${id} depth ${unit}`, note: ({ id }) => `note ${id}` },
          Land: { height: ({ id }, { unit }) => `${id} height ${unit}`, note: ({ id }) => `note ${id}` },
          Air: { height: ({ id }, { unit }) => `${id} height ${unit}`, note: ({ id }) => `note ${id}` },
        },
      },
      people: {
        sdl: `${FEDERATION}
          type Author @key(fields: "id") { id: ID! name(style: String): String born: String died: String }`,
        resolvers: {
          Author: {
            name: ({ id }, { style = 'plain' }) => `${style} ${id}`,
            born: ({ id }) => `born ${id}`,
            died: ({ id }) => `died ${id}`,
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  const CASES: readonly (readonly [string, string, Record<string, unknown>, unknown])[] = [
    [
      'by its arguments',
      '{ parts { ... on Water { photo { thumb(width: 100) } } ... on Land { photo { thumb(width: 200) } } } }',
      {},
      { parts: [{ photo: { thumb: 'p1 100 ANY' } }, { photo: { thumb: 'p2 200 ANY' } }, {}] },
    ],
    [
      'by its alias',
      '{ parts { ... on Water { photo { x: title } } ... on Land { photo { x: alt } } ... on Air { photo { x: thumb(width: 1) } } } }',
      {},
      { parts: [{ photo: { x: 'title p1' } }, { photo: { x: 'alt p2' } }, { photo: { x: 'p1 1 ANY' } }] },
    ],
    [
      'in a union, for one object behind two types',
      '{ any { ... on Water { photo { x: title } } ... on Air { photo { x: alt } } } }',
      {},
      { any: [{ photo: { x: 'title p1' } }, {}, { photo: { x: 'alt p1' } }] },
    ],
    [
      'in lists',
      `{ parts { ... on Water { photos(first: 1) { x: title } } ... on Land { photos(first: 2) { x: alt } }
        ... on Air { photos { x: thumb(width: 1) } } } }`,
      {},
      {
        parts: [
          { photos: [{ x: 'title p1' }] },
          { photos: [{ x: 'alt p2' }, { x: 'alt p3' }] },
          { photos: [{ x: 'p3 1 ANY' }] },
        ],
      },
    ],
    [
      'where the first subgraph answers all of it',
      '{ parts { ... on Water { meta { n: w } } ... on Land { meta { n: h } } ... on Air { meta { n: __typename } } } }',
      {},
      { parts: [{ meta: { n: 1 } }, { meta: { n: 4 } }, { meta: { n: 'Meta' } }] },
    ],
    [
      'on the types themselves',
      '{ parts { ... on Water { x: depth(unit: "m") } ... on Land { x: height(unit: "m") } ... on Air { x: note } } }',
      {},
      { parts: [{ x: 'w depth m' }, { x: 'l height m' }, { x: 'note a' }] },
    ],
    [
      'as a field of each with other arguments',
      '{ parts { ... on Land { height(unit: "m") size } ... on Air { height(unit: "km") size(unit: "km") } } }',
      {},
      { parts: [{}, { height: 'l height m', size: 'l in m' }, { height: 'a height km', size: 'a in km' }] },
    ],
    [
      'below one that stands for different fields itself',
      `{ parts { ... on Water { p: photo { x: title } } ... on Land { p: photo(of: "p3") { x: alt } }
        ... on Air { p: photo(of: "p3") { x: title } } } }`,
      {},
      { parts: [{ p: { x: 'title p1' } }, { p: { x: 'alt p3' } }, { p: { x: 'title p3' } }] },
    ],
    [
      'two hops away',
      `{ parts { ... on Water { photo { author { name(style: "a") } } } ... on Land { photo { author { name(style: "b") } } }
        ... on Air { photo { author { name: born } } } } }`,
      {},
      {
        parts: [
          { photo: { author: { name: 'a p1.0' } } },
          { photo: { author: { name: 'b p2.0' } } },
          { photo: { author: { name: 'born p1.0' } } },
        ],
      },
    ],
    [
      'two hops away over another one',
      `{ parts { ... on Water { photo { author(rank: 1) { x: born } } } ... on Land { photo { author(rank: 2) { x: died } } }
        ... on Air { photo { author(rank: 2) { x: born } } } } }`,
      {},
      {
        parts: [
          { photo: { author: { x: 'born p1.1' } } },
          { photo: { author: { x: 'died p2.2' } } },
          { photo: { author: { x: 'born p1.2' } } },
        ],
      },
    ],
    [
      'in lists of values with entities below',
      `{ parts { ... on Water { photo { shots(first: 1) { at by { x: born } } } }
        ... on Land { photo { shots(first: 2) { at(zone: "Z") by { x: died } } } } } }`,
      {},
      {
        parts: [
          { photo: { shots: [{ at: 'p1.0', by: { x: 'born p1.0' } }] } },
          {
            photo: {
              shots: [
                { at: 'p2.0Z', by: { x: 'died p2.0' } },
                { at: 'p2.1Z', by: { x: 'died p2.1' } },
              ],
            },
          },
          {},
        ],
      },
    ],
    [
      'in named fragments, also when one stands at two places',
      `query { parts { ...W ... on Land { ...L } } one: part(id: "l") { ... on Land { photo { ...T } } } }
        fragment W on Water { photo { ...T } } fragment L on Part { ... on Land { photo { ...A ... on Photo { id } } } }
        fragment T on Photo { x: title } fragment A on Photo { x: alt }`,
      {},
      {
        parts: [{ photo: { x: 'title p1' } }, { photo: { x: 'alt p2', id: 'p2' } }, {}],
        one: { photo: { x: 'title p2' } },
      },
    ],
    [
      'with what the types have in common',
      `{ parts { photo { id title } ... on Water { photo { id a: title } } ... on Land { photo { id a: alt } } } }`,
      {},
      {
        parts: [
          { photo: { id: 'p1', title: 'title p1', a: 'title p1' } },
          { photo: { id: 'p2', title: 'title p2', a: 'alt p2' } },
          { photo: { id: 'p1', title: 'title p1' } },
        ],
      },
    ],
    [
      'in two selections of one type that are merged',
      `{ parts { ... on Water { photo { crop(box: { x: 1, y: 2 }) author(rank: 1) { id } } }
        ... on Land { photo { crop(box: { x: 3 }) author(rank: 2) { id } } }
        ... on Water { photo { crop(box: { y: 2, x: 1 }) author(rank: 1) { born } } } } }`,
      {},
      {
        parts: [
          { photo: { crop: 'p1 {"x":1,"y":2}', author: { id: 'p1.1', born: 'born p1.1' } } },
          { photo: { crop: 'p2 {"x":3}', author: { id: 'p2.2' } } },
          {},
        ],
      },
    ],
    [
      'with arguments in another order, which are the same',
      `{ parts { ... on Water { photo { thumb(width: 1, format: PNG) } } ... on Land { photo { thumb(width: 2, format: JPG) } }
        ... on Water { photo { thumb(format: PNG, width: 1) } } } }`,
      {},
      { parts: [{ photo: { thumb: 'p1 1 PNG' } }, { photo: { thumb: 'p2 2 JPG' } }, {}] },
    ],
    [
      'by variables',
      `query ($v: Int!, $w: Int!, $representations: Int!) { parts { ... on Water { photo { thumb(width: $v) } }
        ... on Land { photo { thumb(width: $w) } } ... on Air { photo { thumb(width: $representations) } } } }`,
      { v: 1, w: 2, representations: 3 },
      { parts: [{ photo: { thumb: 'p1 1 ANY' } }, { photo: { thumb: 'p2 2 ANY' } }, { photo: { thumb: 'p1 3 ANY' } }] },
    ],
    [
      'with names of the planner, of JavaScript and of our own',
      `{ parts { ... on Water { photo { title: alt __proto__: title constructor: alt _hg_001_x: title representations: title } }
        ... on Land { photo { title __proto__: alt constructor: title _hg_001_x: alt representations: __typename } } } }`,
      {},
      JSON.parse(
        `{ "parts": [
          { "photo": { "title": "alt p1", "__proto__": "title p1", "constructor": "alt p1", "_hg_001_x": "title p1", "representations": "title p1" } },
          { "photo": { "title": "title p2", "__proto__": "alt p2", "constructor": "title p2", "_hg_001_x": "alt p2", "representations": "Photo" } }, {} ] }`,
      ),
    ],
    [
      'in a mutation',
      `mutation { touchAll { ... on Water { photo { x: title } } ... on Land { photo { x: alt } } }
        touch { ... on Water { photo { x: title } } ... on Land { photo { x: alt } } } }`,
      {},
      {
        touchAll: [{ photo: { x: 'title p1' } }, { photo: { x: 'alt p2' } }, {}],
        touch: { photo: { x: 'alt p2' } },
      },
    ],
  ];
  it.each(CASES)('%s', async (_what, query, variables, data) => {
    const answer = await federation.ask(query, variables);
    expect(JSON.stringify(answer)).toBe(JSON.stringify({ data }));
  });

  const CONDITIONAL = `query ($a: Boolean!, $b: Boolean!) { parts {
    ... on Water { photo { x: title @include(if: $a) id } }
    ... on Land { photo @skip(if: $b) { x: alt id } }
    ... on Air @include(if: $b) { photo { x: thumb(width: 1) @skip(if: $a) id } } } }`;
  it.each([
    [true, true, [{ x: 'title p1', id: 'p1' }, undefined, { id: 'p1' }]],
    [true, false, [{ x: 'title p1', id: 'p1' }, { x: 'alt p2', id: 'p2' }, undefined]],
    [false, true, [{ id: 'p1' }, undefined, { x: 'p1 1 ANY', id: 'p1' }]],
    [false, false, [{ id: 'p1' }, { x: 'alt p2', id: 'p2' }, undefined]],
  ])('under conditions that are %s and %s', async (a, b, expected) => {
    const data = { parts: expected.map((photo) => (photo === undefined ? {} : { photo })) };
    expect(await federation.ask(CONDITIONAL, { a, b })).toEqual({ data });
  });

  it('has its errors at the client’s key', async () => {
    const query = '{ parts { ... on Water { photo { f: fails(hard: true) } } ... on Land { photo { f: fails } } } }';
    const { data, errors } = await federation.ask(query);
    expect(data).toEqual({ parts: [{ photo: { f: null } }, { photo: { f: null } }, {}] });
    expect(errors).toContainEqual(
      expect.objectContaining({ message: 'p1 fails true', path: ['parts', 0, 'photo', 'f'] }),
    );
    expect(errors).toContainEqual(
      expect.objectContaining({ message: 'p2 fails undefined', path: ['parts', 1, 'photo', 'f'] }),
    );
  });

  it('is asked for under a name of its own only where it is contested', async () => {
    federation.asked('media');
    await federation.ask(
      '{ parts { photo { thumb(width: 1) } } any { ... on Air { photo { thumb(width: 2) x: title } } ... on Land { photo { x: title } } } }',
    );
    expect(
      federation
        .asked('media')
        .map(({ query }) => query)
        .join(),
    ).not.toContain('_hg_');
  });
});
