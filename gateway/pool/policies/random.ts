import type { CreatePolicy } from './policy';
import { WeightedDraw } from './weighted-draw';

/** Policy that chooses by chance, with the probability that the weight has among all. */
export const random: CreatePolicy = (members) => {
  const draws = new WeightedDraw(members);
  return { pick: (context) => draws.draw(context) };
};
