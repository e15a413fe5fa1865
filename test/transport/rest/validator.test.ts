import { isHeadgateError } from '../../../gateway/errors';
import { readConnectorsFromSdl } from '../../../gateway/transport/rest/connectors';
import type { ConnectProblem } from '../../../gateway/transport/rest/model/problems';
import { adapterSdl } from '../../fixtures/rest-adapter';

interface Checked {
  readonly problems: readonly ConnectProblem[];
  readonly warnings: readonly ConnectProblem[];
}

function check(sdl: string): Checked {
  try {
    return { problems: [], warnings: readConnectorsFromSdl(sdl, 'users').warnings };
  } catch (error) {
    if (!isHeadgateError(error, 'CONNECT_INVALID')) throw error;
    return { problems: (error.details?.problems ?? []) as readonly ConnectProblem[], warnings: [] };
  }
}

const v4 = (sdl: string) => sdl.replace('connect/v0.3', 'connect/v0.4');
const GET = 'source: "api", http: { GET: "/x" }';
/** A field `it` of that type with that selection. */
const field = (type: string, selection: string, types = '') =>
  adapterSdl(`type Query { it: ${type} @connect(${GET}, selection: """ ${selection} """) }
    type User { id: ID! name: String }
    enum Color { RED BLUE }
    scalar JSON ${types}`);

const ACCEPTED: readonly (readonly [string, string])[] = [
  ['String', '$.status'],
  ['String', 'user.name'],
  ['[String]', '$.names'],
  ['[String]', '$.users.name'],
  ['[String!]!', '$.csv->jsonParse'],
  ['Int', '$.names->size'],
  ['String', '$(5)'],
  ['Boolean', '$.a->eq(1)'],
  ['Color', '$("RED")'],
  ['Color', `$.c->match(['r', 'RED'], ['b', 'BLUE'])`],
  ['JSON', 'a b { c }'],
  ['JSON', '$([1])'],
  ['User', 'id name'],
  ['User', '$.user { id name }'],
  ['[User]', 'id name'],
  ['[User!]!', '$.users { id name }'],
  ['[User]', '$.users->filter(@.active) { id name }'],
  ['[User]', '$.ids->map({ id: @, name: $.n })'],
  ['User', '$.users->first { id name }'],
  ['User', '$({ id: $.id, name: $.name })'],
  ['User', '$.user->jsonParse'],
  ['[User]', '$([{ id: 1, name: "a" }])'],
];

const REFUSED: readonly (readonly [string, string, string, string])[] = [
  ['String', 'status', 'FIELD_TAKES_NO_SELECTION', 'write `$.status`'],
  ['String', 'a b', 'FIELD_TAKES_NO_SELECTION', 'such as `$.a`'],
  ['[String]', 'id', 'FIELD_TAKES_NO_SELECTION', 'write `$.id`'],
  ['User', '$.user', 'FIELD_NEEDS_SELECTION', '`path { id name }`'],
  ['User', 'id name: name { first }', 'FIELD_TAKES_NO_SELECTION', '`name.first`'],
  ['User', '$.users->size', 'FIELD_NEEDS_SELECTION', '`{ id name }`'],
  ['User', '$.users->filter(@.a) { id name }', 'SHAPE_MISMATCH', 'write `->first` after it'],
  ['[User]', '$({ id: 1, name: "a" })', 'SHAPE_MISMATCH', 'write `$([ … ])` around it'],
  ['[String]', '$("a")', 'SHAPE_MISMATCH', 'is a list, and this gives a single value'],
  ['String', '$(["a"])', 'SHAPE_MISMATCH', 'String is no list'],
  ['String', '$.o->entries.key', 'SHAPE_MISMATCH', '`->first`'],
  ['Boolean', '$("yes")', 'SHAPE_MISMATCH', '`->eq("yes")`'],
  ['Boolean', '$.a->joinNotNull(",")', 'SHAPE_MISMATCH', 'Boolean'],
  ['Int', '$("abc")', 'SHAPE_MISMATCH', '"abc" is no Int'],
  ['Int', '$(2.5)', 'SHAPE_MISMATCH', '2.5 is no Int'],
  ['ID', '$(true)', 'SHAPE_MISMATCH', 'ID is a text'],
  ['Color', '$("RDE")', 'SHAPE_MISMATCH', 'did you mean `RED`?'],
  ['Color', '$.x->size', 'SHAPE_MISMATCH', '`->match`'],
  ['String!', '$(null)', 'SHAPE_MISMATCH', 'declare it without `!`'],
  ['User', 'id nmae', 'FIELD_UNKNOWN', 'did you mean `name`?'],
  ['User', 'id name: first_name nope', 'FIELD_UNKNOWN', 'no field `nope`'],
  ['User', '$({ id: 1, nam: 2 })', 'FIELD_UNKNOWN', 'did you mean `name`?'],
  ['User', 'id name __typename: $("Usr")', 'TYPENAME_INVALID', 'of type User, not Usr'],
];

describe('shapes against declared types', () => {
  it.each(ACCEPTED)('%s takes %s', (type, selection) => {
    expect(check(field(type, selection))).toEqual({ problems: [], warnings: [] });
  });

  it.each(REFUSED)('%s refuses %s with %s and what to write', (type, selection, code, message) => {
    const found = check(field(type, selection)).problems;
    expect(found.map((problem) => problem.code)).toContain(code);
    expect(found.map((problem) => problem.message).join('\n')).toContain(message);
  });

  it('say what to write for a name in another case', () => {
    const sdl = adapterSdl(
      `type Query { it: User @connect(${GET}, selection: "first_name") } type User { firstName: String }`,
    );
    expect(check(sdl).problems[0]?.message).toContain('write `firstName: first_name`');
  });

  it('know fields of nested objects in literals when another connector gives some of them', () => {
    const sdl = adapterSdl(`
      type Query {
        page: Page @connect(${GET}, selection: "$({ items: $.rows->map({ id: @.id, meta: { size: @.size, color: @.color } }) })")
        meta: Meta @connect(${GET}, selection: "size color")
      }
      type Page { items: [Item] }
      type Item { id: ID meta: Meta }
      type Meta { size: Int color: String }`);
    expect(check(sdl)).toEqual({ problems: [], warnings: [] });
    expect(
      check(sdl.replace('color: @.color', '').replace('selection: "size color"', 'selection: "size"')).problems,
    ).toMatchObject([{ code: 'FIELD_UNRESOLVED', coordinate: 'Meta.color' }]);
  });

  it('know nothing of what a method makes of text, nor of the types that it leads to', () => {
    const sdl = adapterSdl(`
      type Query {
        page: Page @connect(${GET}, selection: "$.text->jsonParse")
        meta: Meta @connect(${GET}, selection: "size")
      }
      type Page { meta: Meta }
      type Meta { size: Int color: String }`);
    expect(check(sdl).problems).toEqual([]);
  });
});

const MEDIA =
  'interface Media { id: ID } type Book implements Media { id: ID pages: Int } type Movie implements Media { id: ID minutes: Int }';
const UNION = 'union Media = Book | Movie type Book { id: ID pages: Int } type Movie { id: ID minutes: Int }';
const BOOK = '["book", { __typename: "Book", pages }]';
const MOVIE = '["movie", { __typename: "Movie", minutes: length }]';

describe.each([
  ['an interface', MEDIA],
  ['a union', UNION],
])('%s', (kind, types) => {
  const media = (selection: string, type = 'Media') => v4(field(type, selection, types));

  it.each([
    `id ... kind->match(${BOOK}, ${MOVIE}, [@, null])`,
    `$.results { id ... kind->match(${BOOK}, ${MOVIE}, [@, null]) }`,
    'id ... kind->match(["book", $ { __typename: $("Book") pages }], ["movie", $ { __typename: $("Movie") minutes }], [@, null])',
    'id ... $(minutes ?? "none")->match(["none", { __typename: "Book", pages }], [@, { __typename: "Movie", minutes }])',
  ])('takes %s', (selection) => {
    expect(check(media(selection))).toEqual({ problems: [], warnings: [] });
    expect(check(media(selection, '[Media]'))).toEqual({ problems: [], warnings: [] });
  });

  it.each([
    [
      'id',
      'does not say which type an object is of: write `... kind->match(["…", { __typename: "Book" … }], [@, null])`',
    ],
    [`id ... kind->match(${BOOK}, [@, null])`, 'may be a Movie, and no `->match` gives one'],
    [`id ... kind->match(${BOOK}, ["movie", { __typename: "Flim" }], [@, null])`, '`Flim` is none of its types'],
    [`id ... kind->match(${BOOK}, ["movie", { __typename: kind }], [@, null])`, 'must be a text in the mapping itself'],
    [
      `id ... kind->match(${BOOK}, ["movie", { __typename: "Movie", pages }], [@, null])`,
      'type Movie has no field `pages`',
    ],
    [`id pages ... kind->match(${BOOK}, ${MOVIE}, [@, null])`, 'type Movie has no field `pages`'],
    ['id pages __typename: kind->match(["book", "Book"], ["movie", "Movie"])', 'type Movie has no field `pages`'],
    ['__typename: type id', 'must be a text in the mapping itself'],
    ['id ... $.tags->first->split(",")', 'this gives a list: give it a name'],
  ])('refuses %s', (selection, message) => {
    const { problems } = check(media(selection));
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  it('warns where a value that nobody lists has no type, and where a null nulls a list', () => {
    expect(check(media(`id ... kind->match(${BOOK}, ${MOVIE})`)).warnings).toMatchObject([{ code: 'MAY_BE_NULL' }]);
    expect(check(media(`id ... kind->match(${BOOK}, ${MOVIE}, [@, null])`, 'Media!')).warnings).toMatchObject([
      { code: 'MAY_BE_NULL' },
    ]);
  });

  it('is refused before v0.4 with the line to write', () => {
    const { problems } = check(field('Media', 'id', types));
    expect(problems[0]).toMatchObject({ code: 'VERSION_TOO_EARLY', coordinate: 'Query.it' });
    expect(problems[0]?.message).toContain(`a mapping to ${kind} (Media) came with connect v0.4`);
  });
});

const ON_USER = `type Query { u: User @connect(${GET}, selection: "id name") }`;

describe('gates between versions', () => {
  const at = (version: string, sdl: string) => sdl.replace('connect/v0.3', `connect/${version}`);
  it.each([
    [
      'v0.1',
      adapterSdl(
        `${ON_USER} type User @key(fields: "id") @connect(${GET.replace('/x', '/{$this.id}')}, selection: "id name") { id: ID name: String }`,
      ),
      '@connect on a type',
      'v0.2',
    ],
    [
      'v0.1',
      adapterSdl(`type Query { a: ID @connect(${GET}, errors: { message: "$.m" }, selection: "$.a") }`),
      '`errors`',
      'v0.2',
    ],
    [
      'v0.1',
      adapterSdl(`type Query { a: ID @connect(${GET}, selection: "$.a") }`, 'errors: { message: "m" }'),
      '`errors`',
      'v0.2',
    ],
    [
      'v0.1',
      adapterSdl(`type Query { a: ID @connect(${GET}, selection: "$response.headers.a->first") }`),
      '`$response`',
      'v0.2',
    ],
    [
      'v0.2',
      adapterSdl('type Query { a: ID @connect(source: "api", http: { GET: "/{$env.KEY}" }, selection: "$.a") }'),
      '`$env`',
      'v0.3',
    ],
    ['v0.2', field('String', '$(a ?? "x")'), '`??`', 'v0.3'],
    ['v0.2', field('String', '$.a->find(@.x)'), '`->find`', 'v0.3'],
    ['v0.3', adapterSdl('type Query { a: ID @connect(selection: "$(1)") }'), '@connect without `http`', 'v0.4'],
    ['v0.3', field('User', 'id ...names'), 'a spread (`...`)', 'v0.4'],
  ])('%s has no feature of later ones', (version, sdl, feature, since) => {
    const found = check(at(version, sdl)).problems.filter(({ code }) => code === 'VERSION_TOO_EARLY');
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain(`${feature} came with connect ${since}, and this document links ${version}`);
    expect(found[0]?.message).toContain(
      `@link(url: "https://specs.apollo.dev/connect/${since}", import: ["@connect", "@source"])`,
    );
    expect(found[0]?.line).not.toBeNull();
    expect(check(at(since, sdl)).problems).toEqual([]);
  });
});

describe('entities', () => {
  const entity = (args: string, types = '') =>
    adapterSdl(`type Query { user(${args}): User @connect(source: "api", http: { GET: "/users" }, selection: "id name store { id }", entity: true) }
      type User { id: ID name: String store: Store } type Store { id: ID } ${types}`);

  it.each([
    ['filter: UserFilter', 'input UserFilter { id: ID }', 'an input object of others: write `user(id: ID!)`'],
    ['store: StoreInput!', 'input StoreInput { other: ID }', 'an input object of others'],
    ['limit: Int', '', 'named like its key, and there are none: write `user(id: ID!)`'],
    ['id: ID!, other: Int!', '', 'make it optional'],
  ])('are not found by (%s)', (args, types, message) => {
    const { problems } = check(entity(args, types));
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  it('are found by an input object that is like the object of its field', () => {
    const connectors = readConnectorsFromSdl(
      entity('id: ID!, store: StoreInput!', 'input StoreInput { id: ID! }'),
      'users',
    );
    expect(connectors.entities.get('User')?.[0]?.keys).toEqual([['id'], ['store', 'id']]);
  });

  it('take no `entity: true` on a type', () => {
    const sdl = adapterSdl(
      `${ON_USER} type User @key(fields: "id") @connect(${GET.replace('/x', '/{$this.id}')}, selection: "id name", entity: true) { id: ID name: String }`,
    );
    expect(check(sdl).problems).toMatchObject([{ code: 'ENTITY_INVALID', coordinate: 'User' }]);
    expect(check(sdl).problems[0]?.message).toContain('take it out');
  });
});

describe('messages', () => {
  it.each([
    [
      'a source',
      `type Query { a: ID @connect(source: "apii", http: { GET: "/" }, selection: "$") }`,
      'did you mean `api`?',
    ],
    [
      'an argument of @connect',
      `type Query { a: ID @connect(${GET}, selecton: "$", selection: "$") }`,
      'did you mean `selection`?',
    ],
    [
      'an argument',
      'type Query { a(userId: ID): ID @connect(source: "api", http: { GET: "/{$args.userID}" }, selection: "$") }',
      'did you mean `userId`?',
    ],
    [
      'a variable',
      'type Query { a(id: ID): ID @connect(source: "api", http: { GET: "/{$arg.id}" }, selection: "$") }',
      'did you mean `$args`?',
    ],
    [
      'a key of an input',
      'input In { first: ID } type Query { a(in: In): ID @connect(source: "api", http: { GET: "/{$args.in.frist}" }, selection: "$") }',
      'did you mean `first`?',
    ],
    ['a method', `type Query { a: ID @connect(${GET}, selection: "$.a->frist") }`, 'did you mean `->first`?'],
    ['the response in a virtual connector', 'type Query { a: ID @connect(selection: "$.a") }', 'there is no response'],
  ])('name what was meant by %s', (_what, types, message) => {
    const { problems } = check(v4(adapterSdl(types)));
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  it.each([
    [
      'the field of an interface',
      `type Query { a: ID @connect(${GET}, selection: "$") } interface Node { id: ID @connect(${GET}, selection: "$") }`,
    ],
    [
      'Subscription',
      `type Query { a: ID @connect(${GET}, selection: "$") } type Subscription { b: ID @connect(${GET}, selection: "$") }`,
    ],
  ])('refuse @connect on %s, where nobody calls it', (_what, types) => {
    expect(check(adapterSdl(types)).problems.map(({ code }) => code)).toContain('PLACE_INVALID');
  });
});

describe('warnings', () => {
  it('name the line to add to a type without @key', () => {
    const sdl = adapterSdl(`${ON_USER}
      type User @connect(source: "api", http: { GET: "/users/{$this.id}/{$this.store.id}" }, selection: "id name store { id }") { id: ID name: String store: Store }
      type Store { id: ID }`);
    const { warnings } = check(sdl);
    expect(warnings).toMatchObject([{ code: 'KEY_MISSING', coordinate: 'User', line: 7 }]);
    expect(warnings[0]?.message).toContain('`type User @key(fields: "id store { id }")`');
  });

  it.each([
    ['kind: "Book"', 'LITERAL_IS_NAME', '`$("Book")`, for the property `$."Book"`'],
    ['kind: null', 'LITERAL_IS_NAME', '`$(null)`, for the property `$."null"`'],
    ['kind: name->trim', 'LATER_METHOD', '`->trim` is newer than connect v0.3'],
  ])('of %s', (selection, code, message) => {
    const sdl = field('It', selection, 'type It { kind: String }');
    expect(check(sdl).warnings).toMatchObject([{ code }]);
    expect(check(sdl).warnings[0]?.message).toContain(message);
    expect(check(v4(sdl)).warnings).toEqual([]);
  });

  it('of names that need quotes there are none', () => {
    expect(check(field('It', 'kind: "first name"', 'type It { kind: String }')).warnings).toEqual([]);
  });

  it('name a source that nobody uses', () => {
    const { warnings } = check(
      adapterSdl('type Query { a: ID @connect(http: { GET: "http://h/x" }, selection: "$") }'),
    );
    expect(warnings).toMatchObject([{ code: 'SOURCE_UNUSED', coordinate: 'schema' }]);
  });

  it('name what has no effect without a request', () => {
    const sdl = v4(
      adapterSdl(
        `type Query { a: ID @connect(isSuccess: "$(true)", selection: "$(1)") b: ID @connect(${GET}, selection: "$") }`,
      ),
    );
    expect(check(sdl).warnings).toMatchObject([{ code: 'NOT_IN_EFFECT', coordinate: 'Query.a' }]);
  });
});
