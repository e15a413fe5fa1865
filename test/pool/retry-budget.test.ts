import { RetryBudget } from '../../gateway/pool/retry-budget';
import { poolOptions } from '../fixtures/pool-options';

const { retry } = poolOptions([]);

function drain(budget: RetryBudget, nowMs: number): number {
  let taken = 0;
  while (budget.take(retry, nowMs)) taken += 1;
  return taken;
}

describe('RetryBudget', () => {
  it('starts with ten retries', () => {
    expect(drain(new RetryBudget(0), 0)).toBe(10);
  });

  it('earns a share of every success, up to a hundred', () => {
    const budget = new RetryBudget(0);
    drain(budget, 0);
    for (let n = 0; n < 25; n += 1) budget.succeeded({ ...retry, budgetRatio: 0.25 });
    expect(drain(budget, 0)).toBe(6);
    for (let n = 0; n < 10_000; n += 1) budget.succeeded(retry);
    expect(drain(budget, 0)).toBe(100);
  });

  it('earns a few a second, but no more than it began with', () => {
    const budget = new RetryBudget(0);
    drain(budget, 0);
    expect(drain(budget, 1000)).toBe(3);
    expect(drain(budget, 3_600_000)).toBe(10);
  });
});
