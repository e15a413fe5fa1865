import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { UNLIMITED } from '../../gateway/execution/answer-size';
import type { ErrorBehavior } from '../../gateway/execution/error-behavior';
import { LastRuns } from '../../gateway/execution/last-runs';
import { type Federation, startFederation } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';

/** What each subgraph answers instead of its own answer; `hold` waits until somebody goes away. */
let instead: { things: unknown; details: unknown } = { things: null, details: null };
const HOLD = Symbol('hold');
const events = new EventEmitter();

/** What `onError` makes of answers: https://github.com/graphql/graphql-spec/pull/1163 */
describe('onError', () => {
  let federation: Federation;
  const lastRuns = new LastRuns();

  beforeAll(async () => {
    const answers = (name: keyof typeof instead) => ({
      intercept: (_request: unknown, response: ServerResponse) => {
        const answer = instead[name];
        if (answer === null) return false;
        if (answer === HOLD) {
          response.once('close', () => events.emit('given up'));
          events.emit('held');
          return true;
        }
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
        return true;
      },
    });
    federation = await startFederation({
      things: {
        sdl: `type Query { thing: Thing! things: [Thing!]! name: String! matrix: [[Int!]!]! any: Any! }
          type Mutation { first: Int! second: Int! }
          type Thing @key(fields: "id") { id: ID! size: Int! }
          union Any = Thing | Other
          type Other { id: ID! }`,
        resolvers: {
          Query: {
            thing: () => ({ id: 'a', size: 1 }),
            things: () => [
              { id: 'a', size: 1 },
              { id: 'b', size: 2 },
            ],
            name: () => 'name',
          },
        },
        ...answers('things'),
      },
      details: {
        sdl: `type Query { other: String! }
          type Mutation { third: Int! }
          type Thing @key(fields: "id") { id: ID! label: String! note: String }`,
        resolvers: {
          Thing: { __resolveReference: ({ id }: { id: string }) => ({ id, label: `label ${id}`, note: null }) },
          Query: { other: () => 'other' },
        },
        ...answers('details'),
      },
    });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    instead = { things: null, details: null };
  });

  async function ask(query: string, onError: ErrorBehavior) {
    const operation = await federation.prepare(query);
    const options = { limits: UNLIMITED, lastRuns, takesJsonText: false, errorMasks: new Map(), onError };
    const { data, errors } = await operation.execute({}, newFlight(), options);
    return { data, errors: errors.map(({ path, extensions }) => [path?.join('.'), extensions.code]) };
  }

  const leaf = { data: { thing: { id: 'a', size: null }, name: 'n' } };
  const AT_LEAF = [['thing.size', 'SUBGRAPH_RESPONSE_INVALID']];

  it.each<[ErrorBehavior, unknown]>([
    ['NULL', { thing: { id: 'a', size: null }, name: 'n' }],
    ['PROPAGATE', null],
    ['HALT', null],
  ])('%s decides of a null that the schema forbids, which is an error in any case', async (onError, data) => {
    instead.things = leaf;
    expect(await ask('{ thing { id size } name }', onError)).toEqual({ data, errors: AT_LEAF });
  });

  it('NULL leaves nulls in lists, lists of lists and objects of no possible type', async () => {
    const data = {
      matrix: [[1, null], null, ['x']],
      things: [null, { id: 'b', size: 2 }],
      any: { __typename: 'Nobody', id: '1' },
    };
    instead.things = { data };
    expect(await ask('{ matrix things { id size } any { ... on Thing { id } } }', 'NULL')).toEqual({
      data: { matrix: [[1, null], null, [null]], things: [null, { id: 'b', size: 2 }], any: null },
      errors: [
        ['matrix.0.1', 'SUBGRAPH_RESPONSE_INVALID'],
        ['matrix.1', 'SUBGRAPH_RESPONSE_INVALID'],
        ['matrix.2.0', 'SUBGRAPH_RESPONSE_INVALID'],
        ['things.0', 'SUBGRAPH_RESPONSE_INVALID'],
        ['any', 'SUBGRAPH_RESPONSE_INVALID'],
      ],
    });
  });

  it('NULL does the same where an answer is completed in turns', async () => {
    const sizes = Array.from({ length: 60_000 }, (_, at) => ({
      id: String(at).padStart(20, '0'),
      size: at === 59_999 ? null : at,
    }));
    instead.things = { data: { things: sizes } };
    const { data, errors } = await ask('{ things { id size } }', 'NULL');
    expect(data).toEqual({ things: sizes });
    expect(errors).toEqual([['things.59999.size', 'SUBGRAPH_RESPONSE_INVALID']]);
  });

  it('NULL gives every forbidden null an error at its own path, once', async () => {
    const query = '{ things { id label note } }';
    instead.details = { data: null, errors: [{ message: 'down', extensions: { code: 'DOWN' } }] };
    expect(await ask(query, 'NULL')).toEqual({
      data: { things: ['a', 'b'].map((id) => ({ id, label: null, note: null })) },
      errors: [
        ['things', 'DOWN'],
        ['things.0.label', 'DOWNSTREAM_SERVICE_ERROR'],
        ['things.1.label', 'DOWNSTREAM_SERVICE_ERROR'],
      ],
    });
    const errors = [0, 1].map((at) => ({
      message: 'no',
      path: ['_entities', at, 'label'],
      extensions: { code: 'NO' },
    }));
    instead.details = { data: { _entities: [{ label: null, note: 'x' }, null] }, errors };
    expect(await ask(query, 'NULL')).toEqual({
      data: {
        things: [
          { id: 'a', label: null, note: 'x' },
          { id: 'b', label: null, note: null },
        ],
      },
      errors: [
        ['things.0.label', 'NO'],
        ['things.1.label', 'NO'],
      ],
    });
    expect((await ask(query, 'PROPAGATE')).data).toBeNull();
  });

  it('HALT answers the first error alone, without waiting for others and without asking more', async () => {
    instead.details = HOLD;
    const held = once(events, 'held');
    const givenUp = once(events, 'given up');
    const query = '{ other thing { id size } }';
    const operation = await federation.prepare(query);
    const options = {
      limits: UNLIMITED,
      lastRuns,
      takesJsonText: false,
      errorMasks: new Map(),
      onError: 'HALT' as const,
    };
    federation.asked('details');
    instead.things = { data: null, errors: [{ message: 'one' }, { message: 'two' }] };
    const answered = operation.execute({}, newFlight(), options);
    const { data, errors } = await answered;
    expect([data, errors.map(({ message }) => message)]).toEqual([null, ['one']]);
    await Promise.all([held, givenUp]);
    // An entity fetch that would follow is not made.
    instead.details = null;
    federation.asked('details');
    instead.things = {
      data: { thing: { id: 'a' } },
      errors: [{ message: 'size is unknown', path: ['thing', 'size'] }],
    };
    expect(await ask('{ thing { id size label } }', 'HALT')).toMatchObject({
      data: null,
      errors: [['thing.size', expect.anything()]],
    });
    expect(federation.asked('details')).toEqual([]);
  });

  it('HALT leaves out the mutations that follow', async () => {
    const query = 'mutation { first third second }';
    instead.things = { data: { first: 1 } };
    instead.details = { data: null, errors: [{ message: 'no', path: ['third'], extensions: { code: 'NO' } }] };
    federation.asked('things');
    expect(await ask(query, 'HALT')).toEqual({ data: null, errors: [['third', 'NO']] });
    expect(federation.asked('things')).toHaveLength(1);
    expect(await ask(query, 'NULL')).toMatchObject({ data: { first: 1, third: null } });
    expect(federation.asked('things')).toHaveLength(2);
  });

  it('changes nothing of an answer without errors', async () => {
    for (const onError of ['NULL', 'PROPAGATE', 'HALT', 'NULL'] as const)
      expect(await ask('{ things { id size label note } name }', onError)).toEqual({
        data: {
          things: [
            { id: 'a', size: 1, label: 'label a', note: null },
            { id: 'b', size: 2, label: 'label b', note: null },
          ],
          name: 'name',
        },
        errors: [],
      });
  });
});
