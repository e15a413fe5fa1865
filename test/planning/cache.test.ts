import { type Cancellation, CancellationSource } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import { cachedPlanner } from '../../gateway/planning/cache';
import type { Plan } from '../../gateway/planning/plan';
import type { Planner, PlanRequest } from '../../gateway/planning/planner';
import { gone, Leaver } from '../fixtures/leaver';

interface Asked extends PlanRequest {
  readonly cancellation: Cancellation | undefined;
  resolve(): void;
  reject(error: Error): void;
}

/** A planner that answers when the test says so; like the real one it rejects when its signal is aborted in time. */
class HeldPlanner implements Planner {
  readonly asked: Asked[] = [];
  closed = false;
  /** Planning has begun: an abort comes too late. */
  begun = false;

  plan(request: PlanRequest, cancellation?: Cancellation): Promise<Plan> {
    return new Promise((resolve, reject) => {
      this.asked.push({ ...request, cancellation, resolve: () => resolve({ node: null }), reject });
      cancellation?.onCancel(() => {
        if (!this.begun) reject(new HeadgateError('REQUEST_CANCELLED', 'nobody waits'));
      });
    });
  }

  async close() {
    this.closed = true;
  }
}

const request = (query = '{ a }', operationName: string | null = null) => ({ query, operationName });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'planned',
    (error) => error.code,
  );

describe('the plan cache', () => {
  let held: HeldPlanner;
  let planner: Planner;
  beforeEach(() => {
    held = new HeldPlanner();
    planner = cachedPlanner(held, 10);
  });

  it('plans an operation once for all who ask at the same time, and once for all who ask later', async () => {
    const signals = Array.from({ length: 50 }, () => new CancellationSource());
    const plans = signals.map((signal) => planner.plan(request(), signal));
    expect(held.asked).toHaveLength(1);
    held.asked[0]?.resolve();
    const [first, ...others] = await Promise.all(plans);
    expect(others.every((plan) => plan === first)).toBe(true);
    expect(await planner.plan(request())).toBe(first);
    expect(held.asked).toHaveLength(1);
  });

  it('tells operations apart by text and by name', async () => {
    void planner.plan(request('{ a }'));
    void planner.plan(request('{ b }'));
    void planner.plan(request('query A { a } query B { b }', 'A'));
    void planner.plan(request('query A { a } query B { b }', 'B'));
    expect(held.asked).toHaveLength(4);
  });

  it.each(['PLANNING_FAILED', 'PLANNING_TIMEOUT'] as const)('remembers a refusal for %s', async (code) => {
    const first = codeOf(planner.plan(request()));
    held.asked[0]?.reject(new HeadgateError(code, 'no'));
    expect(await first).toBe(code);
    expect(await codeOf(planner.plan(request()))).toBe(code);
    expect(held.asked).toHaveLength(1);
  });

  it.each(['PLANNING_OVERLOADED', 'INTERNAL'] as const)('tries again after %s', async (code) => {
    const first = codeOf(planner.plan(request()));
    held.asked[0]?.reject(new HeadgateError(code, 'no'));
    expect(await first).toBe(code);
    const second = codeOf(planner.plan(request()));
    held.asked[1]?.resolve();
    expect(await second).toBe('planned');
  });

  it('goes on for the others when one leaves', async () => {
    const leaving = new Leaver();
    const left = codeOf(planner.plan(request(), leaving.cancellation));
    const staying = codeOf(planner.plan(request(), new CancellationSource()));
    leaving.leave();
    expect(await left).toBe('REQUEST_CANCELLED');
    expect(held.asked[0]?.cancellation?.reason).toBeNull();
    held.asked[0]?.resolve();
    expect(await staying).toBe('planned');
  });

  it('gives up a plan when the last one leaves, and makes it for the next one who asks', async () => {
    const leaving = new Leaver();
    const left = [planner.plan(request(), leaving.cancellation), planner.plan(request(), leaving.cancellation)].map(
      codeOf,
    );
    leaving.leave();
    const next = codeOf(planner.plan(request()));
    expect(await Promise.all(left)).toEqual(['REQUEST_CANCELLED', 'REQUEST_CANCELLED']);
    expect(held.asked[0]?.cancellation?.reason).toMatchObject({ code: 'REQUEST_CANCELLED' });
    while (held.asked.length < 2) await Promise.resolve();
    held.asked[1]?.resolve();
    expect(await next).toBe('planned');
  });

  it('keeps a plan that was begun when the last one left', async () => {
    held.begun = true;
    const leaving = new Leaver();
    const left = codeOf(planner.plan(request(), leaving.cancellation));
    leaving.leave();
    const next = codeOf(planner.plan(request()));
    expect(await left).toBe('REQUEST_CANCELLED');
    held.asked[0]?.resolve();
    expect(await next).toBe('planned');
    expect(held.asked).toHaveLength(1);
  });

  it('asks nobody on behalf of one who has left already', async () => {
    expect(await codeOf(planner.plan(request(), gone()))).toBe('REQUEST_CANCELLED');
    const other = codeOf(planner.plan(request('{ b }')));
    expect(await codeOf(planner.plan(request('{ b }'), gone()))).toBe('REQUEST_CANCELLED');
    held.asked.at(-1)?.resolve();
    expect(await other).toBe('planned');
  });

  it('keeps the plans used last', async () => {
    planner = cachedPlanner(held, 2);
    const plan = async (query: string) => {
      const before = held.asked.length;
      const planned = planner.plan(request(query));
      held.asked[before]?.resolve();
      await planned;
      return held.asked.length - before;
    };
    expect([await plan('{ a }'), await plan('{ b }'), await plan('{ a }'), await plan('{ c }')]).toEqual([1, 1, 0, 1]);
    expect([await plan('{ a }'), await plan('{ b }')]).toEqual([0, 1]);
  });

  it('does not keep more text than it may', async () => {
    const large = (name: string) => request(`{ ${name} } #${'x'.repeat(9_000_000)}`);
    for (const name of ['a', 'b', 'c']) {
      const planned = planner.plan(large(name));
      held.asked.at(-1)?.resolve();
      await planned;
    }
    void planner.plan(large('a'));
    expect(held.asked).toHaveLength(4);
  });

  it('closes what it stands in front of', async () => {
    await planner.close();
    expect(held.closed).toBe(true);
  });
});
