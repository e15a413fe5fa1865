import type { Member } from '../member';
import { costOf } from './cost';
import type { CreatePolicy, Policy, Turn } from './policy';
import { WeightedDraw } from './weighted-draw';

/** Policy that draws two by weight and chooses the one that is likely to answer sooner. */
export const responseTime: CreatePolicy = (members) => new ResponseTime(members);

class ResponseTime<M extends Member> implements Policy<M> {
  readonly #draws: WeightedDraw<M>;

  constructor(members: readonly M[]) {
    this.#draws = new WeightedDraw(members);
  }

  pick(turn: Turn<M>): M | null {
    const first = this.#draws.draw(turn);
    if (first === null) return null;
    const second = this.#draws.drawBeside(first, null, turn);
    if (second === null) return first;
    const { meanWeight } = this.#draws;
    const firstCost = costOf(first, turn, meanWeight);
    const secondCost = costOf(second, turn, meanWeight);
    const firstWins = firstCost <= secondCost;
    turn.other = firstWins ? second : first;
    turn.cost = firstWins ? firstCost : secondCost;
    turn.otherCost = firstWins ? secondCost : firstCost;
    return firstWins ? first : second;
  }
}
