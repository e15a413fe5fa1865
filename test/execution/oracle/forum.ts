import { type Comparison, FEDERATION } from './comparison';

interface Reference {
  readonly id: string;
}

const THREADS = [
  {
    id: 't1',
    title: 'Hello',
    posts: [[{ id: 'm1' }, { id: 'm2' }], [], [{ id: 'm1' }]],
    tags: ['a', 'b'],
    mood: 'GOOD',
  },
  { id: 't2', title: null, posts: [[{ id: 'm3' }]], tags: [], mood: 'SECRET' },
  { id: 't3', title: 'Bye', posts: null, tags: null, mood: null },
];

/** Nulls and their way up, errors of resolvers, hidden enum values, nested lists, inputs, unions of value types. */
export const forum: Comparison = {
  subgraphs: {
    threads: {
      sdl: `${FEDERATION}
        type Query { threads: [Thread!] thread(where: Where): Thread strict: [Strict!]! loose: [Strict] node(id: ID!): Node events: [Event!]! }
        input Where { id: ID! also: [Where!] mood: Mood = GOOD }
        interface Node { id: ID! }
        type Thread implements Node @key(fields: "id") { id: ID! title: String posts: [[Post!]!] tags: [String!] mood: Mood echo: String }
        type Post implements Node @key(fields: "id") { id: ID! }
        type Strict @key(fields: "id") { id: ID! }
        enum Mood { GOOD BAD SECRET @inaccessible }
        union Event = Joined | Left
        type Joined { at: Int! by: Member }
        type Left { at: Int! reason: String by: Member }
        type Member @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          threads: () => THREADS,
          thread: (_root, { where }: { where: unknown }) => ({ ...THREADS[0], echo: JSON.stringify(where ?? null) }),
          strict: () => [{ id: 'x' }, { id: 'y' }],
          loose: () => [{ id: 'x' }, { id: 'bad' }, { id: 'y' }],
          node: (_root, { id }: Reference) => ({ __typename: id.startsWith('t') ? 'Thread' : 'Post', id }),
          events: () => [
            { __typename: 'Joined', at: 1, by: { id: 'ann' } },
            { __typename: 'Left', at: 2, reason: 'tired', by: { id: 'bob' } },
            { __typename: 'Joined', at: 3, by: null },
          ],
        },
        Thread: { __resolveReference: ({ id }: Reference) => THREADS.find((one) => one.id === id) },
        Post: { __resolveReference: ({ id }: Reference) => ({ id }) },
        Strict: { __resolveReference: ({ id }: Reference) => ({ id }) },
      },
    },
    posts: {
      sdl: `${FEDERATION}
        type Post @key(fields: "id") { id: ID! text: String! length: Int replies: [Post!]! }
        type Strict @key(fields: "id") { id: ID! value: Int! values: [Int!]! }
        type Thread @key(fields: "id") { id: ID! mood: Mood @external icon: String @requires(fields: "mood") pinned: Post }
        enum Mood { GOOD BAD SECRET @inaccessible }`,
      resolvers: {
        Post: {
          __resolveReference: ({ id }: Reference) => ({ id }),
          text: ({ id }: Reference) => `text of ${id}`,
          length: ({ id }: Reference) => {
            if (id === 'm2') throw new Error('cannot count m2');
            return 3;
          },
          replies: ({ id }: Reference) => (id === 'm1' ? [{ id: 'm3' }, { id: 'm2' }] : []),
        },
        Strict: {
          __resolveReference: ({ id }: Reference) => ({ id }),
          value: ({ id }: Reference) => {
            if (id === 'bad') throw new Error('no value');
            return 7;
          },
          values: () => [1, 2],
        },
        Thread: {
          __resolveReference: (reference: object) => reference,
          icon: ({ mood }: { mood: string | null }) => `icon of ${mood}`,
          pinned: ({ id }: Reference) => (id === 't1' ? { id: 'm2' } : null),
        },
      },
    },
    members: {
      sdl: `${FEDERATION}
        type Query { me: Member }
        type Member @key(fields: "id") { id: ID! name: String! favourite: Post }
        type Post @key(fields: "id") { id: ID! writer: Member! reader: Member note: String }`,
      resolvers: {
        Query: { me: () => ({ id: 'ann' }) },
        Member: {
          __resolveReference: ({ id }: Reference) => ({ id }),
          name: ({ id }: Reference) => id.toUpperCase(),
          favourite: () => ({ id: 'm1' }),
        },
        Post: {
          __resolveReference: ({ id }: Reference) => ({ id }),
          writer: () => ({ id: 'bob' }),
          reader: () => ({ id: 'ann' }),
          note: () => 'seen',
        },
      },
    },
  },
  operations: [
    {
      name: 'lists of lists with entities in them',
      query: '{ threads { id posts { id text writer { name } } tags } }',
    },
    { name: 'an error in one element', faulty: true, query: '{ threads { posts { length } } }' },
    { name: 'a null that rises to a nullable element', faulty: true, query: '{ loose { id value } }' },
    { name: 'lists of non-null values', query: '{ strict { value values } }' },
    { name: 'hidden enum values that are required', query: '{ threads { icon } }' },
    {
      name: 'replies to replies',
      query: '{ me { name favourite { text replies { text replies { id } writer { name favourite { id } } } } } }',
    },
    { name: 'input objects', query: '{ thread(where: { id: "t1", also: [{ id: "t2", mood: BAD }] }) { echo } }' },
    {
      name: 'input objects in variables',
      faulty: true,
      query: 'query ($w: Where) { thread(where: $w) { echo pinned { length } } }',
      variables: { w: { id: 't1', also: [] } },
    },
    { name: 'no input at all', query: '{ thread { echo title } }' },
    {
      name: 'an abstract root field',
      query:
        '{ a: node(id: "t1") { id ... on Thread { icon } } b: node(id: "m1") { __typename ... on Post { text } } }',
    },
    {
      name: 'one key for fields of different types',
      query:
        '{ events { __typename ... on Joined { at who: by { name } } ... on Left { why: reason who: by { id favourite { text } } } } }',
    },
    {
      name: 'fragments within fragments',
      query:
        'query { events { ...E } } fragment E on Event { ... on Joined { ...J } ... on Left { at } } fragment J on Joined { by { name } at }',
    },
    {
      name: 'one key for fields of different return types',
      query:
        '{ a: node(id: "t1") { ...N } b: node(id: "m1") { ...N } } fragment N on Node { ... on Thread { x: icon y: pinned { id text } } ... on Post { x: note y: reader { id name } } }',
    },
  ],
};
