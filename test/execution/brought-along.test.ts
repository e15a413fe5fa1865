import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@external", "@requires"])`;

interface Identified {
  readonly id: string;
}

const video = (id: string) => ({ id, name: `name ${id}`, credit: { by: `by ${id}` } });
const given = { __resolveReference: (reference: object) => reference };

/** `users` answers videos and their names, and resolves no references to them; `artists` requires the names. */
const SUBGRAPHS: Readonly<Record<string, TestSubgraph>> = {
  users: {
    sdl: `${LINK}
      type Query { videos: [Video!] me: User }
      type Mutation { upload: Video }
      type User @key(fields: "id") { id: ID! favourite: Video lists: [[Video]] }
      type Video @key(fields: "id", resolvable: false) { id: ID! name: String @shareable credit: Credit @shareable }
      type Credit @shareable { by: String }`,
    resolvers: {
      Query: { videos: () => [video('1'), video('2')], me: () => ({ id: 'u' }) },
      Mutation: { upload: () => video('3') },
      User: {
        __resolveReference: ({ id }: Identified) => ({ id }),
        favourite: () => video('4'),
        lists: () => [[video('5'), null], []],
      },
    },
  },
  videos: {
    sdl: `${LINK}
      type Query { owner: User }
      type User @key(fields: "id", resolvable: false) { id: ID! }
      type Video @key(fields: "id") { id: ID! name: String @shareable length: Int credit: Credit @shareable }
      type Credit @shareable { by: String }`,
    resolvers: {
      Query: { owner: () => ({ id: 'u' }) },
      Video: { __resolveReference: ({ id }: Identified) => video(id), length: ({ id }: Identified) => 60 * Number(id) },
    },
  },
  artists: {
    sdl: `${LINK}
      type Video @key(fields: "id") { id: ID! name: String @external length: Int @external credit: Credit @external
        title: String @requires(fields: "name") long: Boolean @requires(fields: "length") credits: String @requires(fields: "credit { by }") }
      type Credit { by: String @external }`,
    resolvers: {
      Video: {
        ...given,
        title: ({ name }: { name: string }) => name.toUpperCase(),
        long: ({ length }: { length: number }) => length > 100,
        credits: ({ credit }: { credit: { by: string } }) => `made ${credit.by}`,
      },
    },
  },
};

describe('what the subgraph that an object came from has itself', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(SUBGRAPHS);
  });
  afterAll(() => federation.close());

  const asked = () => ['users', 'videos', 'artists'].map((name) => federation.asked(name).length);

  it.each([
    [
      '{ videos { id title } }',
      {
        videos: [
          { id: '1', title: 'NAME 1' },
          { id: '2', title: 'NAME 2' },
        ],
      },
    ],
    [
      '{ videos { id name title } }',
      {
        videos: [
          { id: '1', name: 'name 1', title: 'NAME 1' },
          { id: '2', name: 'name 2', title: 'NAME 2' },
        ],
      },
    ],
    [
      '{ videos { title n: name } }',
      {
        videos: [
          { title: 'NAME 1', n: 'name 1' },
          { title: 'NAME 2', n: 'name 2' },
        ],
      },
    ],
    [
      '{ videos { name: id title } }',
      {
        videos: [
          { name: '1', title: 'NAME 1' },
          { name: '2', title: 'NAME 2' },
        ],
      },
    ],
    [
      '{ videos { credits credit { by } } }',
      {
        videos: [
          { credits: 'made by 1', credit: { by: 'by 1' } },
          { credits: 'made by 2', credit: { by: 'by 2' } },
        ],
      },
    ],
    ['{ me { favourite { title } } }', { me: { favourite: { title: 'NAME 4' } } }],
    ['{ me { lists { title } } }', { me: { lists: [[{ title: 'NAME 5' }, null], []] } }],
    ['mutation { upload { title } }', { upload: { title: 'NAME 3' } }],
    [
      'query($no: Boolean = false) { videos { name @include(if: $no) title } }',
      {
        videos: [{ title: 'NAME 1' }, { title: 'NAME 2' }],
      },
    ],
  ])('is asked of it: %s', async (query, data) => {
    asked();
    expect(await federation.ask(query)).toEqual({ data });
    expect(asked()).toEqual([1, 0, 1]);
  });

  it('is asked of it below an entity', async () => {
    asked();
    expect(await federation.ask('{ owner { favourite { title } } }')).toEqual({
      data: { owner: { favourite: { title: 'NAME 4' } } },
    });
    expect(asked()).toEqual([1, 1, 1]);
  });

  it.each([
    ['{ videos { long } }', { videos: [{ long: false }, { long: true }] }],
    [
      '{ videos { long title } }',
      {
        videos: [
          { long: false, title: 'NAME 1' },
          { long: true, title: 'NAME 2' },
        ],
      },
    ],
  ])('is asked of another one where it does not have it: %s', async (query, data) => {
    asked();
    expect(await federation.ask(query)).toEqual({ data });
    expect(asked()).toEqual([1, 1, 1]);
  });
});
