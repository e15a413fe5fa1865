import { type GuardedFederation, startGuarded } from '../fixtures/guarded-federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@authenticated", "@requiresScopes", "@policy"])`;

const ACCOUNTS = {
  sdl: `${LINK}
    type Query {
      me: User
      users: [User!]!
      node: Node
      nodes: [Node!]!
      item: Item
      items: [Item]
      secret: Secret
      plain: String
      level: Level
      mine: String @authenticated
      must: String! @requiresScopes(scopes: [["must"]])
      vault: Vault
    }
    type Mutation {
      open: String
      close: String @requiresScopes(scopes: [["close"]])
      rename(to: String!): User
    }
    type User @key(fields: "id") {
      id: ID!
      name: String
      ssn: String @requiresScopes(scopes: [["read:ssn", "human"], ["admin"]])
      pin: Int! @requiresScopes(scopes: [["pin"]])
      friend: User
      both: String @authenticated @requiresScopes(scopes: [["both"]])
    }
    interface Node { id: ID! title: String }
    type Open implements Node { id: ID! title: String extra: String }
    type Closed implements Node @requiresScopes(scopes: [["closed"]]) { id: ID! title: String inner: String }
    type Half implements Node { id: ID! title: String @requiresScopes(scopes: [["half"]]) half: String }
    union Item = Book | Movie
    type Book { title: String pages: Int }
    type Movie @requiresScopes(scopes: [["movie"]]) { title: String length: Int }
    type Secret @authenticated { word: String }
    enum Level @requiresScopes(scopes: [["level"]]) { LOW HIGH }
    scalar Money @authenticated
    type Vault { money: Money count: Int }
  `,
  resolvers: {
    Query: {
      me: () => ({ id: '1' }),
      users: () => [{ id: '1' }, { id: '2' }],
      node: () => ({ __typename: 'Closed', id: 'c', title: 'closed', inner: 'inner' }),
      nodes: () => [
        { __typename: 'Open', id: 'o', title: 'open', extra: 'x' },
        { __typename: 'Closed', id: 'c', title: 'closed', inner: 'inner' },
        { __typename: 'Half', id: 'h', title: 'half', half: 'h' },
      ],
      item: () => ({ __typename: 'Book', title: 'book', pages: 3 }),
      items: () => [
        { __typename: 'Book', title: 'book', pages: 3 },
        { __typename: 'Movie', title: 'movie', length: 90 },
      ],
      secret: () => ({ word: 'hush' }),
      plain: () => 'plain',
      level: () => 'HIGH',
      mine: () => 'mine',
      must: () => 'must',
      vault: () => ({ money: 5, count: 1 }),
    },
    Mutation: {
      open: () => 'opened',
      close: () => 'closed',
      rename: (_: unknown, { to }: { to: string }) => ({ id: '1', name: to }),
    },
    User: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      name: ({ id, name }: { id: string; name?: string }) => name ?? `user ${id}`,
      ssn: ({ id }: { id: string }) => `ssn ${id}`,
      pin: () => 1234,
      both: () => 'both',
      friend: ({ id }: { id: string }) => ({ id: `${id}0` }),
    },
  },
};

const REVIEWS = {
  sdl: `${LINK}
    type User @key(fields: "id") { id: ID! reviews: [Review!]! score: Int @requiresScopes(scopes: [["score"]]) }
    type Review { body: String author: User private: String @authenticated }
  `,
  resolvers: {
    User: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      reviews: ({ id }: { id: string }) => [{ body: `by ${id}`, author: { id }, private: 'p' }],
      score: () => 5,
    },
  },
};

const refused = (...path: (string | number)[]) => ({
  message: 'Unauthorized field or type',
  path,
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
});

describe('what is refused of an operation', () => {
  let federation: GuardedFederation;
  beforeAll(async () => {
    federation = await startGuarded({ accounts: ACCOUNTS, reviews: REVIEWS });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    federation.askedOfAll();
    federation.planned();
  });

  const ask = (...given: Parameters<GuardedFederation['ask']>) => federation.ask(...given);

  it('is null with an error at its place, and is asked of nobody', async () => {
    expect(await ask('{ me { name code: ssn } plain }')).toEqual({
      data: { me: { name: 'user 1', code: null }, plain: 'plain' },
      errors: [refused('me', 'code')],
    });
    const texts = federation.asked('accounts').map(({ query }) => query);
    expect(texts.join()).not.toMatch(/ssn|code/);
    expect(federation.planned()).toHaveLength(1);
  });

  it.each([
    [['read:ssn'], null],
    [['human', 'read:ssn'], 'ssn 1'],
    [['admin'], 'ssn 1'],
    [['read:ssn human'], null],
  ])('depends on scopes: %j', async (scopes, ssn) => {
    expect((await ask('{ me { ssn name } }', { scopes })).data).toEqual({ me: { ssn, name: 'user 1' } });
  });

  it('is nothing for those who are granted all of it: answer, plan and text of the client', async () => {
    const query = '{ me { name ssn } }';
    expect(await ask(query, { scopes: ['admin'] })).toEqual({ data: { me: { name: 'user 1', ssn: 'ssn 1' } } });
    expect(federation.planned()).toEqual([query]);
  });

  it('nulls what holds a field that must not be null', async () => {
    expect(await ask('{ me { name pin } users { id pin } }')).toEqual({
      data: null,
      errors: [refused('me', 'pin'), refused('users', 0, 'pin')],
    });
    expect(await ask('{ me { friend { id pin } name } }')).toEqual({
      data: { me: { friend: null, name: 'user 1' } },
      errors: [refused('me', 'friend', 'pin')],
    });
  });

  it('is everything: no subgraph is asked, nothing is planned', async () => {
    expect(await ask('{ mine me { ssn } }')).toEqual({ data: null, errors: [refused('mine'), refused('me')] });
    expect(federation.askedOfAll()).toEqual([]);
    expect(federation.planned()).toEqual([]);
  });

  it('is where it is for who wants nulls to stay there', async () => {
    const onError = 'NULL';
    expect((await ask('{ mine me { ssn } }', { onError })).data).toEqual({ mine: null, me: null });
    expect((await ask('{ users { id pin } }', { onError })).data).toEqual({
      users: ['1', '2'].map((id) => ({ id, pin: null })),
    });
    expect((await ask('{ users { id pin } plain }', { onError: 'HALT' })).data).toBeNull();
  });

  it.each([
    ['{ secret { word } plain }', { secret: null, plain: 'plain' }, ['secret']],
    ['{ level plain }', { level: null, plain: 'plain' }, ['level']],
    ['{ vault { money count } }', { vault: { money: null, count: 1 } }, ['vault', 'money']],
    ['{ s: secret { __typename } plain }', { s: null, plain: 'plain' }, ['s']],
  ])('by the type that a field returns: %s', async (query, data, path) => {
    expect(await ask(query)).toEqual({ data, errors: [refused(...path)] });
  });

  it('by several directives, each of which has to be fulfilled', async () => {
    expect((await ask('{ me { id both } }', { scopes: [] })).data).toEqual({ me: { id: '1', both: null } });
    expect((await ask('{ me { id both } }', { scopes: ['both'] })).data).toEqual({ me: { id: '1', both: 'both' } });
  });

  it('of a list is told at each element', async () => {
    expect(await ask('{ users { id reviews { body private } score } }')).toEqual({
      data: {
        users: [
          { id: '1', reviews: [{ body: 'by 1', private: null }], score: null },
          { id: '2', reviews: [{ body: 'by 2', private: null }], score: null },
        ],
      },
      errors: [
        refused('users', 0, 'reviews', 0, 'private'),
        refused('users', 0, 'score'),
        refused('users', 1, 'reviews', 0, 'private'),
        refused('users', 1, 'score'),
      ],
    });
    expect(
      federation
        .askedOfAll()
        .map(({ query }) => query)
        .join(),
    ).not.toMatch(/private|score/);
  });

  describe('of an interface', () => {
    it('is the whole field when fields are asked of all its types', async () => {
      expect(await ask('{ nodes { id } plain }')).toEqual({ data: null, errors: [refused('nodes')] });
      expect(await ask('{ node { id } plain }')).toEqual({
        data: { node: null, plain: 'plain' },
        errors: [refused('node')],
      });
    });

    it('is a fragment on the type that is protected', async () => {
      const query = '{ nodes { __typename ... on Open { extra } ... on Closed { inner } ... on Half { half } } }';
      expect(await ask(query)).toEqual({
        data: {
          nodes: [
            { __typename: 'Open', extra: 'x' },
            { __typename: 'Closed', inner: null },
            { __typename: 'Half', half: 'h' },
          ],
        },
        errors: [refused('nodes', 1, 'inner')],
      });
      expect(federation.asked('accounts')[0]?.query).not.toContain('inner');
    });

    it('is a field that one of its types protects', async () => {
      const scopes = ['closed'];
      expect(await ask('{ nodes { id title } }', { scopes })).toEqual({
        data: { nodes: ['o', 'c', 'h'].map((id) => ({ id, title: null })) },
        errors: [0, 1, 2].map((at) => refused('nodes', at, 'title')),
      });
      const both = { scopes: ['closed', 'half'] };
      expect((await ask('{ nodes { title } }', both)).data).toEqual({
        nodes: [{ title: 'open' }, { title: 'closed' }, { title: 'half' }],
      });
    });

    it('is a fragment on the interface itself, in a named one as well', async () => {
      const query =
        '{ nodes { __typename ...F ... on Node { i: id } } } fragment F on Node { id ... on Open { extra } }';
      expect(await ask(query)).toEqual({ data: null, errors: [refused('nodes', 0, 'id')] });
    });
  });

  describe('of a union', () => {
    it('is the member that is protected', async () => {
      expect(await ask('{ items { __typename ... on Book { title } ... on Movie { title length } } }')).toEqual({
        data: {
          items: [
            { __typename: 'Book', title: 'book' },
            { __typename: 'Movie', title: null, length: null },
          ],
        },
        errors: [refused('items', 1, 'title'), refused('items', 1, 'length')],
      });
    });

    it('is told apart from what has the same key on another type', async () => {
      expect(await ask('{ items { ... on Movie { title } ... on Book { title } } }')).toEqual({
        data: { items: [{ title: 'book' }, { title: null }] },
        errors: [refused('items', 1, 'title')],
      });
    });

    it('is the field when nothing is left of it', async () => {
      expect(await ask('{ items { ... on Movie { title } } plain }')).toEqual({
        data: { items: null, plain: 'plain' },
        errors: [refused('items')],
      });
    });
  });

  it('leaves what another selection has under the same key', async () => {
    const query =
      '{ a: node { __typename } a: node { id } ...F } fragment F on Query { a: node { ... on Half { half } } }';
    expect(await ask(query)).toEqual({ data: { a: null }, errors: [refused('a', 'id')] });
    const other = '{ items { ...M ... on Book { title } __typename } } fragment M on Movie { __typename title }';
    expect((await ask(other)).data).toEqual({
      items: [
        { title: 'book', __typename: 'Book' },
        { __typename: 'Movie', title: null },
      ],
    });
  });

  it('counts only if it is asked for', async () => {
    const query = 'query ($x: Boolean!, $y: Boolean = true) { plain me { ssn @include(if: $x) } mine @skip(if: $y) }';
    expect(await ask(query, { variables: { x: false } })).toEqual({ data: { plain: 'plain', me: {} } });
    expect(await ask(query, { variables: { x: true, y: false } })).toEqual({
      data: { plain: 'plain', me: { ssn: null }, mine: null },
      errors: [refused('me', 'ssn'), refused('mine')],
    });
    const all = 'query ($x: Boolean!) { mine @include(if: $x) }';
    expect(await ask(all, { variables: { x: false } })).toEqual({ data: {} });
    expect(await ask(all, { variables: { x: true } })).toEqual({ data: null, errors: [refused('mine')] });
  });

  it('of a mutation is not executed, and what stands beside it is', async () => {
    expect(await ask('mutation { first: open close last: open }')).toEqual({
      data: { first: 'opened', close: null, last: 'opened' },
      errors: [refused('close')],
    });
    const texts = federation.asked('accounts').map(({ query }) => query);
    expect(texts.join()).not.toContain('close');
    expect((await ask('mutation { rename(to: "a") { ssn } }')).data).toBeNull();
    expect(federation.askedOfAll()).toEqual([]);
  });

  it('takes its variables with it', async () => {
    const query = 'query ($i: Boolean!) { plain s: secret @include(if: $i) { word } }';
    expect(await ask(query, { variables: { i: true } })).toEqual({
      data: { plain: 'plain', s: null },
      errors: [refused('s')],
    });
    const errors = [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } })];
    expect(await ask(query, { variables: { i: 'no' } })).toEqual({ errors });
  });

  it('is planned once for those who are granted the same', async () => {
    const query = 'query Q { me { ssn name } level }';
    await ask(query, { scopes: ['a'] });
    await ask(query, { scopes: ['b', 'human'] });
    expect(federation.planned()).toHaveLength(1);
    await ask(query, { scopes: ['level'] });
    expect(federation.planned()).toHaveLength(1);
    await Promise.all([ask(query, { scopes: ['admin'] }), ask(query, { scopes: ['admin', 'c'] })]);
    expect(federation.planned()).toHaveLength(1);
  });
});
