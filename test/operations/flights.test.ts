import { ReceivedCall } from '../../gateway/call';
import { HeadgateError } from '../../gateway/errors';
import type { Fact } from '../../gateway/facts';
import type { Flight, Reads } from '../../gateway/flight';
import type { Asked } from '../../gateway/operations/asked';
import { flights } from '../../gateway/operations/flights';
import type { Execution, PreparedOperation } from '../../gateway/operations/prepared-operation';
import type { Version } from '../../gateway/operations/version';
import type { Lease } from '../../gateway/supergraph/current';
import { compileReads, NO_READS } from '../../gateway/transport/reads';

const TENANT: Fact<string> = { name: 'tenant', keyOf: (tenant) => tenant };
const BY_TOKEN: Reads = { ...NO_READS, headers: ['authorization'] };
/** Leases that are not released. */
let held = 0;
function hold(): Lease<Version> {
  held += 1;
  return { value: {} as Version, release: () => (held -= 1), share: hold }; // as: nobody looks at it
}

const GONE = new HeadgateError('GATEWAY_TIMEOUT', 'the request took longer than 1 ms');

/** An operation whose executions end when the test says so. */
function operation({ reads = NO_READS, kind = 'query' }: { reads?: Reads; kind?: 'query' | 'mutation' } = {}) {
  const seen: Flight[] = [];
  const ends: ((execution: Execution) => void)[] = [];
  const prepared: PreparedOperation = {
    head: { name: null, kind },
    plan: { node: null },
    variables: [],
    fields: () => new Set(),
    look: compileReads(reads),
    execute: (_variables, flight) => {
      seen.push(flight);
      return new Promise((resolve) => ends.push(resolve));
    },
  };
  const end = () => {
    for (const finish of ends) finish({ data: { a: 1 }, errors: [] });
  };
  return { prepared, seen, end };
}

function asker(step = flights(10_000, true)) {
  return (
    prepared: PreparedOperation,
    headers: ReceivedCall['headers'] = {},
    key: string | null = '1',
    tenant = '',
    onError: Asked['onError'] | null = null,
  ) => {
    const call = new ReceivedCall(headers);
    if (tenant !== '') call.facts.put(TENANT, tenant);
    const asked = { query: '{ a }', operationName: undefined, variables: undefined, extensions: undefined, key };
    const ready = {
      prepared,
      asked: { ...asked, isReadOnly: false, ownsAnswer: false, ...(onError !== null && { onError }) },
      preparing: null,
      hold,
    };
    return { call, outcome: Promise.resolve(step(ready, call)) };
  };
}

describe('equal queries in flight', () => {
  afterEach(() => expect(held).toBe(0));

  it('are one execution with one outcome', async () => {
    const { prepared, seen, end } = operation();
    const ask = asker();
    const asked = [ask(prepared), ask(prepared, { authorization: 'b', traceparent: '7' }), ask(prepared)];
    end();
    const outcomes = await Promise.all(asked.map(({ outcome }) => outcome));
    expect([seen.length, new Set(outcomes).size]).toEqual([1, 1]);
    expect(new Set(asked.map(({ call }) => call.flight))).toEqual(new Set(seen));
  });

  it('are not one where errors are to be handled otherwise, whatever key they have', async () => {
    const { prepared, seen, end } = operation();
    const ask = asker();
    const behaviors = [null, 'NULL', 'HALT', 'NULL'] as const;
    const asked = behaviors.map((onError) => ask(prepared, {}, '1', '', onError));
    end();
    await Promise.all(asked.map(({ outcome }) => outcome));
    expect(seen).toHaveLength(3);
  });

  it('are one for each value of what the operation reads, which is all that its executions see', async () => {
    const { prepared, seen, end } = operation({ reads: { ...BY_TOKEN, facts: [TENANT] } });
    const ask = asker();
    const asked = [
      ask(prepared, { authorization: 'a', traceparent: '1' }, '1', 'x'),
      ask(prepared, { authorization: 'b', traceparent: '2' }, '1', 'x'),
      ask(prepared, { authorization: 'a', traceparent: '3' }, '1', 'x'),
      ask(prepared, { authorization: 'a', traceparent: '3' }, '1', 'y'),
      ask(prepared, { authorization: 'a' }, '2', 'x'),
    ];
    end();
    await Promise.all(asked.map(({ outcome }) => outcome));
    expect(seen.map(({ headers, facts }) => [headers, facts.get(TENANT)])).toEqual([
      [{ authorization: 'a' }, 'x'],
      [{ authorization: 'b' }, 'x'],
      [{ authorization: 'a' }, 'y'],
      [{ authorization: 'a' }, 'x'],
    ]);
  });

  it.each([
    ['they are mutations', operation({ kind: 'mutation' }), asker(), '1'],
    ['that is switched off', operation(), asker(flights(10_000, false)), '1'],
    ['headers of answers go to the client', operation({ reads: { ...NO_READS, isPrivate: true } }), asker(), '1'],
    ['nobody knows whether they are equal', operation(), asker(), null],
  ] as const)('are each their own when %s', async (_why, { prepared, seen, end }, ask, key) => {
    const asked = [ask(prepared, {}, key), ask(prepared, {}, key)];
    end();
    await Promise.all(asked.map(({ outcome }) => outcome));
    expect(seen).toHaveLength(2);
  });

  it('share nothing with those that another version still works on', async () => {
    const [older, newer] = [operation(), operation()];
    const ask = asker();
    const asked = [ask(older.prepared), ask(newer.prepared)];
    older.end();
    newer.end();
    await Promise.all(asked.map(({ outcome }) => outcome));
    expect([older.seen.length, newer.seen.length]).toEqual([1, 1]);
  });

  it('wait each until its own time is over, and what they wait for goes on until the last has gone', async () => {
    const { prepared, seen, end } = operation();
    const ask = asker();
    const [first, second] = [ask(prepared), ask(prepared)];
    first.call.abort(GONE);
    await expect(first.outcome).rejects.toBe(GONE);
    expect(seen[0]?.reason).toBeNull();
    second.call.abort(GONE);
    await expect(second.outcome).rejects.toBe(GONE);
    expect(seen[0]?.reason).toBe(GONE);
    expect(held).toBe(1);
    end();
    await new Promise((resolve) => setImmediate(resolve));
  });
});
