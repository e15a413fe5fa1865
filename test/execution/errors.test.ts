import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

const THINGS = [{ id: 'a' }, { id: 'b' }, { id: 'a' }];

/** What the subgraph `details` answers instead of its own answer; null: its own. */
let instead: unknown = null;
let status = 200;

/** Row 12 and the wire: errors at the client's paths, partial data, nothing of a subgraph's inside. */
describe('errors of subgraphs', () => {
  let federation: Federation;
  const ask = (query = '{ things { id label } other }') => federation.ask(query);

  beforeAll(async () => {
    federation = await startFederation({
      things: {
        sdl: `${FEDERATION}
          type Query { things: [Thing] other: String nested: [[Thing]] inner: Inner }
          type Inner { query: Query thing: Thing }
          type Thing @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            things: () => THINGS,
            other: () => 'other',
            nested: () => [[THINGS[0]], [THINGS[1], THINGS[0]]],
            inner: () => ({ thing: THINGS[0], query: {} }),
          },
        },
      },
      details: {
        sdl: `${FEDERATION}
          type Query { direct: String another: String! direction: [Part!] }
          type Thing @key(fields: "id") { id: ID! label: String must: Int! parts: [Part!] part: Part }
          type Part { name: String must: Int! }`,
        resolvers: { Thing: { __resolveReference: ({ id }: { id: string }) => ({ id, label: `label ${id}` }) } },
        intercept: (_request, response) => {
          if (instead === null) return false;
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(typeof instead === 'string' ? instead : JSON.stringify(instead));
          return true;
        },
      },
    });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    instead = null;
    status = 200;
  });

  const unlabelled = {
    things: [
      { id: 'a', label: null },
      { id: 'b', label: null },
      { id: 'a', label: null },
    ],
    other: 'other',
  };

  it('come once for every place of a shared representation, with the rest of their path', async () => {
    instead = {
      data: { _entities: [{ label: null }, { label: 'B' }] },
      errors: [{ message: 'no', path: ['_entities', 0, 'label', 'deep', 3], extensions: { code: 'MINE', hint: 1 } }],
    };
    const extensions = { code: 'MINE', hint: 1, serviceName: 'details' };
    expect(await ask()).toEqual({
      data: {
        ...unlabelled,
        things: [
          { id: 'a', label: null },
          { id: 'b', label: 'B' },
          { id: 'a', label: null },
        ],
      },
      errors: [
        { message: 'no', path: ['things', 0, 'label', 'deep', 3], extensions },
        { message: 'no', path: ['things', 2, 'label', 'deep', 3], extensions },
      ],
    });
  });

  it('count the elements of nested lists', async () => {
    instead = { data: { _entities: [{}, null] }, errors: [{ message: 'no', path: ['_entities', 1] }] };
    const answer = await ask('{ nested { label } }');
    expect(answer.errors).toMatchObject([{ path: ['nested', 1, 0] }]);
  });

  it.each([
    ['without a path', undefined],
    ['with an empty path', []],
    ['with a path that names no entity', ['_entities']],
    ['with a path to an entity that was not asked for', ['_entities', 17, 'label']],
    ['with a path of something else', ['label']],
    ['with an endless path', ['_entities', 0, ...Array.from({ length: 5000 }, () => 'x')]],
    ['with a path that is none', [{ hostile: true }]],
  ])('%s come once, at the path of the fetch', async (_what, path) => {
    instead = { data: { _entities: [null, null] }, errors: [{ message: 'no', path }] };
    expect(await ask()).toEqual({
      data: unlabelled,
      errors: [
        { message: 'no', path: ['things'], extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: 'details' } },
      ],
    });
  });

  it('of a fetch at the root keep their path, or get that of the one field asked for', async () => {
    instead = { data: { direct: null }, errors: [{ message: 'a', path: ['direct'] }, { message: 'b' }] };
    expect((await ask('{ direct other }')).errors).toMatchObject([{ path: ['direct'] }, { path: ['direct'] }]);
    instead = { data: null, errors: [{ message: 'b' }] };
    const { errors, data } = await ask('{ direct another }');
    expect(errors).toEqual([{ message: 'b', extensions: expect.anything() }]);
    expect(data).toBeNull();
  });

  it('at the root explain the nulls of their own fields only, also of those in fragments', async () => {
    instead = { data: null, errors: [{ message: 'b' }] };
    const query = 'query { ... on Query @include(if: true) { another } direct }';
    expect((await ask(query)).errors).toHaveLength(1);
    const conditional = await federation.ask('query ($yes: Boolean!) { ... @include(if: $yes) { another } direct }', {
      yes: true,
    });
    expect(conditional.errors).toHaveLength(1);
  });

  it('do not tell about the inside of a subgraph', async () => {
    instead = {
      data: { _entities: [null, null] },
      errors: [
        {
          message: 'no',
          extensions: {
            code: 'X',
            stacktrace: ['at'],
            exception: { a: 1 },
            http: { status: 418 },
            serviceName: 'liar',
          },
        },
      ],
    };
    expect((await ask()).errors?.[0]?.extensions).toEqual({
      code: 'X',
      http: { status: 418 },
      serviceName: 'details',
    });
  });

  it('cannot grow without limit', async () => {
    const long = 'x'.repeat(100_000);
    instead = {
      data: { _entities: [null, null] },
      errors: [
        { message: long, path: ['_entities', 0], extensions: { code: long, long } },
        ...Array.from({ length: 3000 }, () => ({ message: 'no', path: ['_entities', 0] })),
      ],
    };
    const { errors = [] } = await ask();
    expect(errors[0]?.message.length).toBeLessThan(20_000);
    expect(errors[0]?.extensions).toEqual({ code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: 'details' });
    expect(errors).toHaveLength(1000);
  });

  it.each([
    ['an HTTP error', 503, 'busy', { code: 'SUBGRAPH_HTTP_ERROR', http: { status: 503 } }],
    ['HTML', 200, '<html>', { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    ['no data', 200, {}, { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    ['null', 200, 'null', { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    ['a list', 200, [], { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    ['data that is a list', 200, { data: [] }, { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    ['no entities', 200, { data: {} }, { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    ['null for data', 200, { data: null }, { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    [
      'entities that are no list',
      200,
      { data: { _entities: { 0: {}, 1: {}, length: 2 } } },
      { code: 'SUBGRAPH_RESPONSE_INVALID' },
    ],
    ['too few entities', 200, { data: { _entities: [{ label: 'x' }] } }, { code: 'SUBGRAPH_RESPONSE_INVALID' }],
    [
      'too many entities',
      200,
      { data: { _entities: [{ label: 'x' }, { label: 'y' }, { label: 'z' }] } },
      { code: 'SUBGRAPH_RESPONSE_INVALID' },
    ],
  ])('for %s, keep the rest of the data', async (_what, given, body, extensions) => {
    instead = body;
    status = given;
    const { data, errors } = await ask();
    expect(data).toEqual(unlabelled);
    expect(errors).toMatchObject([{ path: ['things'], extensions: { ...extensions, serviceName: 'details' } }]);
    expect(JSON.stringify(errors)).not.toMatch(/127\.0\.0\.1|busy|html/);
  });

  it.each([5, 'text', true, [{ label: 'x' }], [[]]])(
    'say where an entity is %j instead of an object',
    async (entity) => {
      instead = { data: { _entities: [entity, { label: 'B' }] } };
      const { data, errors } = await ask();
      expect(data).toMatchObject({ things: [{ label: null }, { label: 'B' }, { label: null }] });
      expect(errors).toMatchObject([
        { path: ['things', 0], extensions: { code: 'SUBGRAPH_RESPONSE_INVALID', serviceName: 'details' } },
        { path: ['things', 2] },
      ]);
    },
  );

  it('are one for a null that rises, however it came about', async () => {
    instead = { data: { _entities: [null, { must: 1 }] }, errors: [{ message: 'no', path: ['_entities', 0, 'must'] }] };
    const { data, errors } = await ask('{ things { id must } }');
    expect(data).toEqual({ things: [null, { id: 'b', must: 1 }, null] });
    expect(errors).toMatchObject([
      { message: 'no', path: ['things', 0, 'must'] },
      { message: 'no', path: ['things', 2, 'must'] },
    ]);
  });

  it('of a whole fetch explain every null that rises from it', async () => {
    instead = 'gone';
    status = 500;
    const { data, errors } = await ask('{ things { id must } }');
    expect(data).toEqual({ things: [null, null, null] });
    expect(errors).toHaveLength(1);
  });
});
