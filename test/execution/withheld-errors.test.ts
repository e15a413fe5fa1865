import { type Events, subscribe } from '../../gateway/events';
import { UNLIMITED } from '../../gateway/execution/answer-size';
import { type Federation, startFederation } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';

const IDS = ['0', '1', '2', '3', '4', '5', '6'];

/** Entities that are no objects, and errors of each, where clients see none of them as they are. */
describe('errors that are withheld', () => {
  let federation: Federation;
  let answer: (count: number) => unknown;
  let told: Events['subgraph.errors.withheld'][];
  let stop: () => void;

  beforeAll(async () => {
    federation = await startFederation({
      users: {
        sdl: 'type Query { users: [User!]! } type User @key(fields: "id") { id: ID! }',
        resolvers: { Query: { users: () => IDS.map((id) => ({ id })) } },
      },
      names: {
        sdl: 'type User @key(fields: "id") { id: ID! name: String }',
        intercept: ({ variables }, response) => {
          const { length } = variables.representations as unknown[]; // as: of an entity fetch
          response.writeHead(200, { 'content-type': 'application/json' });
          response.end(JSON.stringify(answer(length)));
          return true;
        },
      },
    });
  });
  beforeEach(() => {
    told = [];
    stop = subscribe('subgraph.errors.withheld', (event) => told.push(event));
  });
  afterEach(() => stop());
  afterAll(() => federation.close());

  async function errorsOf(masked: readonly string[]) {
    const operation = await federation.prepare('{ users { name } }');
    const errorMasks = new Map(masked.map((name) => [name, { allowExtensions: ['code'] }]));
    const options = { limits: UNLIMITED, lastRuns: null, takesJsonText: false, errorMasks };
    const { errors } = await operation.execute({}, newFlight(), options);
    return errors;
  }

  it.each<[string, typeof answer, string]>([
    [
      'entities that are no objects',
      (count) => ({ data: { _entities: new Array(count).fill(1) } }),
      'SUBGRAPH_RESPONSE_INVALID',
    ],
    [
      'an error at each entity',
      (count) => ({
        data: { _entities: new Array(count).fill({ name: null }) },
        errors: Array.from({ length: count }, (_, at) => ({
          message: 'm'.repeat(5_000),
          path: ['_entities', at, 'name'],
        })),
      }),
      'DOWNSTREAM_SERVICE_ERROR',
    ],
  ])('have one id and one word to the operator for a fetch: %s', async (_what, given, code) => {
    answer = given;
    const errors = await errorsOf(['names']);
    expect(errors).toHaveLength(IDS.length);
    const [event] = told;
    for (const { message, extensions } of errors)
      expect([message, extensions]).toEqual(['Subgraph error withheld', { code, errorId: event?.errorId }]);
    expect(new Set(errors.map(({ path }) => path?.[1])).size).toBe(IDS.length);
    expect(told).toHaveLength(1);
    expect([event?.subgraph, event?.count, event?.errors.length]).toEqual(['names', IDS.length, 5]);
    for (const one of event?.errors ?? []) expect(one.message.length).toBeLessThanOrEqual(1_000);
  });

  it('are those of the subgraphs that are masked', async () => {
    answer = (count) => ({ data: { _entities: new Array(count).fill(1) } });
    const [error] = await errorsOf(['users']);
    expect(error?.message).toBe('names answered an entity that is not an object');
    expect(told).toEqual([]);
  });
});
