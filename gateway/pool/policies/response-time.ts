import type { Member } from '../member';
import { costOf } from './cost';
import type { CreatePolicy, PickContext, Policy } from './policy';
import { WeightedDraw } from './weighted-draw';

/** Policy that draws two by weight and chooses the one that is likely to answer sooner. */
export const responseTime: CreatePolicy = (members) => new ResponseTime(members);

class ResponseTime<M extends Member> implements Policy<M> {
  readonly #draws: WeightedDraw<M>;

  constructor(members: readonly M[]) {
    this.#draws = new WeightedDraw(members);
  }

  pick(context: PickContext<M>): M | null {
    const first = this.#draws.draw(context);
    if (first === null) return null;
    const second = this.#draws.drawBeside(first, null, context);
    if (second === null) return first;
    const { meanWeight } = this.#draws;
    const firstCost = costOf(first, context, meanWeight);
    const secondCost = costOf(second, context, meanWeight);
    const firstWins = firstCost <= secondCost;
    context.other = firstWins ? second : first;
    context.cost = firstWins ? firstCost : secondCost;
    context.otherCost = firstWins ? secondCost : firstCost;
    return firstWins ? first : second;
  }
}
