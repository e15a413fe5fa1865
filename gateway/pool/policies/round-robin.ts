import type { Policy } from './policy';

/**
 * Smooth weighted round-robin: each turn every instance earns its weight, the richest is picked and pays the sum of
 * all. Weights 5, 1, 1 give a a b a c a a.
 */
export const roundRobin: Policy = (usable) => {
  let picked = usable[0];
  let sum = 0;
  for (const instance of usable) {
    const weight = instance.options.weight;
    sum += weight;
    instance.credit += weight;
    if (instance.credit > picked.credit) picked = instance;
  }
  picked.credit -= sum;
  return picked;
};
