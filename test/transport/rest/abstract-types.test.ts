import { adapterSdl, type RestAdapter, routes, startRestAdapter } from '../../fixtures/rest-adapter';

const KINDS =
  '... kind->match(["book", { __typename: "Book", pages }], ["movie", { __typename: "Movie", minutes: length }], [@, null])';

const SDL = adapterSdl(`
  type Query {
    media: [Media] @connect(source: "api", http: { GET: "/media" }, selection: """ $.results { id title ${KINDS} } """)
    found(id: ID!): Found @connect(source: "api", http: { GET: "/media/{$args.id}" }, selection: """ id ${KINDS} """)
    shelf: Shelf @connect(source: "api", http: { GET: "/shelf" }, selection: """ name media { id title ${KINDS} } """)
    greeting(name: String = "you"): String @connect(selection: "$(['Hello', $args.name])->joinNotNull(' ')")
    limits: Limits @connect(selection: "{ rows: 50, sorts: ['name', 'age'], nested: { deep: true } }")
    user: User @connect(source: "api", http: { GET: "/user" }, selection: "first last")
  }
  interface Media { id: ID! title: String }
  type Book implements Media { id: ID! title: String pages: Int }
  type Movie implements Media { id: ID! title: String minutes: Int }
  union Found = Book | Movie
  type Shelf { name: String media: [Media] }
  type Limits { rows: Int sorts: [String] nested: Nested }
  type Nested { deep: Boolean }
  type User {
    first: String
    last: String
    full: String @connect(selection: "$([$this.first, $this.last])->joinNotNull(' ')")
  }
  type Tag @key(fields: "id") @connect(selection: "$batch { id: $.id label: $(['tag', $.id])->joinNotNull('-') }") { id: ID! label: String }
`).replace('connect/v0.3', 'connect/v0.4');

const RESULTS = [
  { id: 1, title: 'A', kind: 'book', pages: 120 },
  { id: 2, title: 'B', kind: 'movie', length: 90 },
  { id: 3, title: 'C', kind: 'podcast' },
];

let adapter: RestAdapter;
beforeAll(async () => {
  adapter = await startRestAdapter(
    SDL,
    routes({
      'GET /v1/media': () => ({ results: RESULTS }),
      'GET /v1/media/1': () => RESULTS[0],
      'GET /v1/media/3': () => RESULTS[2],
      'GET /v1/shelf': () => ({ name: 'top', media: RESULTS }),
      'GET /v1/user': () => ({ first: 'Ann', last: null }),
    }),
  );
});
afterAll(async () => adapter.close());

describe('unions and interfaces', () => {
  it('are decided by `->match` for each element; null is null', async () => {
    const operation = '{ media { __typename id title ... on Book { pages } ... on Movie { minutes } } }';
    expect(await adapter.ask(operation)).toEqual({
      data: {
        media: [
          { __typename: 'Book', id: '1', title: 'A', pages: 120 },
          { __typename: 'Movie', id: '2', title: 'B', minutes: 90 },
          null,
        ],
      },
      errors: [],
    });
  });

  it('stand in fields of objects, and alone', async () => {
    const operation =
      '{ shelf { name media { id ... on Movie { minutes } } } found(id: 1) { ... on Book { pages } } none: found(id: 3) { __typename } }';
    expect(await adapter.ask(operation)).toEqual({
      data: {
        shelf: { name: 'top', media: [{ id: '1' }, { id: '2', minutes: 90 }, null] },
        found: { pages: 120 },
        none: null,
      },
      errors: [],
    });
  });
});

describe('connectors without `http`', () => {
  it('compute from arguments, from the object, and from nothing, and send no request', async () => {
    const before = adapter.sent().length;
    expect(await adapter.ask('{ greeting a: greeting(name: "Ann") limits { rows sorts nested { deep } } }')).toEqual({
      data: {
        greeting: 'Hello you',
        a: 'Hello Ann',
        limits: { rows: 50, sorts: ['name', 'age'], nested: { deep: true } },
      },
      errors: [],
    });
    expect(adapter.sent()).toHaveLength(before);
  });

  it('are asked for the fields that they read of their object', async () => {
    expect((await adapter.ask('{ user { full } }')).data).toEqual({ user: { full: 'Ann' } });
  });

  it('load objects by their keys', async () => {
    const operation =
      'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Tag { label } } }';
    const representations = ['a', 'b'].map((id) => ({ __typename: 'Tag', id }));
    expect((await adapter.ask(operation, { representations })).data).toEqual({
      _entities: [{ label: 'tag-a' }, { label: 'tag-b' }],
    });
  });
});
