import type { Policy } from './policy';

/** Each instance with the probability that its weight has among all. */
export const weightedRandom: Policy = (usable, random) => {
  let sum = 0;
  for (const instance of usable) sum += instance.options.weight;
  let left = random() * sum;
  for (const instance of usable) {
    left -= instance.options.weight;
    if (left < 0) return instance;
  }
  return usable[0];
};
