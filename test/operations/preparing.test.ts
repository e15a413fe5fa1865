import { ReceivedCall } from '../../gateway/call';
import type { Cancellation } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import type { Flight } from '../../gateway/flight';
import type { Asked } from '../../gateway/operations/asked';
import { flights } from '../../gateway/operations/flights';
import { Operations } from '../../gateway/operations/operations';
import type { Version } from '../../gateway/operations/version';
import type { Plan } from '../../gateway/planning/plan';
import { LOCAL_OPTIONS, LOCAL_VERSION } from '../fixtures/local-operations';

const GONE = new HeadgateError('REQUEST_CANCELLED', 'the client closed the connection');

function asked(query: string, more: Partial<Asked> = {}): Asked {
  const nothing = { operationName: undefined, variables: undefined, extensions: undefined };
  return { query, ...nothing, key: query, isReadOnly: false, ownsAnswer: false, ...more };
}

/** A version whose plans are there when the test says so. */
function versionOf() {
  const planned: { readonly query: string; readonly gone: Cancellation | undefined; readonly end: () => void }[] = [];
  const version: Version = {
    ...LOCAL_VERSION,
    planner: {
      plan: ({ query }, gone) =>
        new Promise<Plan>((resolve) => planned.push({ query, gone, end: () => resolve({ node: null }) })),
      close: async () => {},
    },
  };
  return { version, planned };
}

function setUp() {
  const retired: Version[] = [];
  /** Executions, and what ends them. */
  const executed: { readonly flight: Flight; readonly end: () => void }[] = [];
  const operations = new Operations(
    LOCAL_OPTIONS,
    (version) => retired.push(version),
    ({ plan }) => ({
      plan,
      execute: (_variables, flight) =>
        new Promise((resolve) => executed.push({ flight, end: () => resolve({ data: { hello: 'x' }, errors: [] }) })),
    }),
  );
  const step = operations.prepareThen(flights(10_000, true));
  const ask = (what: Asked) => {
    const call = new ReceivedCall({});
    return { call, outcome: Promise.resolve(step(what, call)) };
  };
  return { operations, retired, executed, ask };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('an operation that is new', () => {
  it('is prepared once for all who ask for it at the same time, and found from then on', async () => {
    const { operations, executed, ask } = setUp();
    const { version, planned } = versionOf();
    operations.activate(version);
    const all = [1, 2, 3].map(() => ask(asked('query Named { hello }')));
    expect(planned).toHaveLength(1);
    planned[0]?.end();
    await turn();
    expect(all.map(({ call }) => call.operation)).toEqual(Array(3).fill({ name: 'Named', kind: 'query' }));
    const later = ask(asked('query Named { hello }'));
    expect([planned.length, executed.length]).toEqual([1, 1]);
    executed[0]?.end();
    expect(await Promise.all([...all, later].map(({ outcome }) => outcome))).toMatchObject(
      Array(4).fill({ data: { hello: 'x' } }),
    );
  });

  it('goes on being planned while somebody waits, and no longer', async () => {
    const { operations, executed, ask } = setUp();
    const { version, planned } = versionOf();
    operations.activate(version);
    const [first, second] = [ask(asked('{ hello }')), ask(asked('{ hello }'))];
    first.call.abort(GONE);
    await expect(first.outcome).rejects.toBe(GONE);
    expect(planned[0]?.gone?.reason).toBeNull();
    second.call.abort(GONE);
    await expect(second.outcome).rejects.toBe(GONE);
    expect(planned[0]?.gone?.reason).toBe(GONE);
    // Whoever comes then begins anew.
    const third = ask(asked('{ hello }'));
    expect(planned).toHaveLength(2);
    planned[1]?.end();
    await turn();
    executed[0]?.end();
    expect(await third.outcome).toMatchObject({ data: { hello: 'x' } });
  });

  it('is not told by GET from a mutation that somebody else has planned', async () => {
    const { operations, ask } = setUp();
    const { version, planned } = versionOf();
    operations.activate(version);
    const rename = 'mutation { rename(name: "x") }';
    const byPost = ask(asked(rename));
    const refused = { data: undefined, errors: [{ extensions: { http: { status: 405 } } }] };
    expect(await ask(asked(rename, { isReadOnly: true })).outcome).toMatchObject(refused);
    planned[0]?.end();
    await turn();
    expect(await ask(asked(rename, { isReadOnly: true })).outcome).toMatchObject(refused);
    expect(planned).toHaveLength(1);
    byPost.call.abort(GONE);
    await expect(byPost.outcome).rejects.toBe(GONE);
  });
});

describe('a version that is replaced', () => {
  it('answers whoever began with it, and is not there for the next', async () => {
    const { operations, retired, executed, ask } = setUp();
    const [older, newer] = [versionOf(), versionOf()];
    operations.activate(older.version);
    const early = ask(asked('{ hello }'));
    operations.activate(newer.version);
    const late = ask(asked('{ hello }'));
    expect(newer.planned).toHaveLength(1);
    older.planned[0]?.end();
    newer.planned[0]?.end();
    await turn();
    expect(executed).toHaveLength(2);
    expect(retired).toEqual([]);
    executed[0]?.end();
    await early.outcome;
    expect(retired).toEqual([older.version]);
    executed[1]?.end();
    await late.outcome;
    expect(newer.planned).toHaveLength(1);
  });

  it('is held by what is executed, also when nobody waits for it any more', async () => {
    const { operations, retired, executed, ask } = setUp();
    const [older, newer] = [versionOf(), versionOf()];
    operations.activate(older.version);
    const asks = [ask(asked('{ hello }'))];
    older.planned[0]?.end();
    await turn();
    asks.push(ask(asked('{ hello }')));
    operations.activate(newer.version);
    for (const { call, outcome } of asks) {
      const left = expect(outcome).rejects.toBe(GONE);
      call.abort(GONE);
      await left;
    }
    expect(executed[0]?.flight.reason).toBe(GONE);
    expect(retired).toEqual([]);
    executed[0]?.end();
    await turn();
    expect(retired).toEqual([older.version]);
  });
});
