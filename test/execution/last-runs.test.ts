import { UNLIMITED } from '../../gateway/execution/answer-size';
import { LastRuns } from '../../gateway/execution/last-runs';
import { type Federation, startFederation } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';

describe('what a run made of its answers', () => {
  let federation: Federation;
  /** What the subgraph of names answers beside its data, and what it calls everybody. */
  let cacheControl = 'max-age=1';
  let name = 'Ann';
  let status = 200;

  beforeAll(async () => {
    federation = await startFederation({
      users: {
        sdl: `type Query { users: [User!]! } type User @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { users: () => [{ id: '1' }, { id: '2' }] } },
      },
      names: {
        sdl: `type User @key(fields: "id") { id: ID! name: String! }`,
        intercept: ({ variables }, response) => {
          const entities = (variables.representations as unknown[]).map(() => ({ name }));
          response.writeHead(status, { 'content-type': 'application/json', 'cache-control': cacheControl });
          response.end(JSON.stringify({ data: { _entities: entities } }));
          return true;
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('is used again for the same bytes, whatever headers they come with, and not with another status', async () => {
    const operation = await federation.prepare('{ users { id name } }');
    const options = { limits: UNLIMITED, lastRuns: new LastRuns(), takesJsonText: false, errorMasks: new Map() };
    const run = async () => {
      const { data, errors } = await operation.execute({}, newFlight(), options);
      expect(errors).toEqual([]);
      return data;
    };
    const first = await run();
    cacheControl = 'no-store';
    expect(await run()).toBe(first);
    status = 203;
    const second = await run();
    expect(second).not.toBe(first);
    expect(second).toEqual(first);
    name = 'Bob';
    const third = await run();
    expect(third).toEqual({
      users: [
        { id: '1', name: 'Bob' },
        { id: '2', name: 'Bob' },
      ],
    });
    expect(await run()).toBe(third);
    expect(federation.asked('names')).toHaveLength(5);
  });
});
