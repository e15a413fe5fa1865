import { createHook } from 'node:async_hooks';
import { type Layer, type Step, settle, stack, then } from '../gateway/layers';

const double: Step<number, number, string[]> = (input, log) => {
  log.push('step');
  return 2 * input;
};

function noting(name: string): Layer<number, number, string[]> {
  return {
    name,
    wrap: (next) => (input, log) => {
      log.push(`${name} before`);
      return then(next(input, log), (value) => {
        log.push(`${name} after`);
        return value + 1;
      });
    },
  };
}

/** Promises that `work` makes. */
function promisesOf(work: () => void): number {
  let count = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'PROMISE') count += 1;
    },
  }).enable();
  work();
  hook.disable();
  return count;
}

describe('a stack', () => {
  it('without layers is its step: nothing is left of those that are not configured', () => {
    expect(stack(double, [])).toBe(double);
    expect(stack(double, [null, null])).toBe(double);
  });

  it('has the first layer outermost', () => {
    const log: string[] = [];
    expect(stack(double, [noting('a'), null, noting('b')])(4, log)).toBe(10);
    expect(log).toEqual(['a before', 'b before', 'step', 'b after', 'a after']);
  });

  it('makes no promise of its own where everything is there at once', () => {
    const way = stack(double, [noting('a'), noting('b')]);
    expect(promisesOf(() => way(1, []))).toBe(0);
    // What would be counted.
    expect(promisesOf(() => void Promise.resolve().then(() => 1))).toBeGreaterThan(0);
  });

  it('waits where a step does', async () => {
    const log: string[] = [];
    const later: Step<number, number, string[]> = (input, one) => Promise.resolve().then(() => double(input, one));
    expect(await stack(later, [noting('a')])(4, log)).toBe(9);
    expect(log).toEqual(['a before', 'step', 'a after']);
  });
});

describe('a step that is settled', () => {
  const failing = () => {
    throw new Error('no');
  };

  it.each([
    ['a value', () => 1, 'got 1'],
    ['a promise', () => Promise.resolve(1), 'got 1'],
    ['an error that is thrown', failing, 'failed: no'],
    ['a rejection', () => Promise.reject(new Error('no')), 'failed: no'],
  ])('goes on with %s', async (_what, take, result) => {
    const settled = settle<number, string>(
      take,
      (value) => `got ${value}`,
      (error) => `failed: ${(error as Error).message}`,
    );
    expect(await settled).toBe(result);
  });

  it.each([
    ['a value', () => 1],
    ['a promise', () => Promise.resolve(1)],
  ])('does not take what follows %s for its own failure', async (_what, take) => {
    const follow = async () => settle<number, string>(take, failing, () => 'failed');
    await expect(follow()).rejects.toThrow('no');
  });
});
