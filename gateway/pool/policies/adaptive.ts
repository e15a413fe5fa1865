import type { Member } from '../member';
import { costOf } from './cost';
import type { CreatePolicy, Policy, Turn } from './policy';
import { roundRobin } from './round-robin';
import { WeightedDraw } from './weighted-draw';

/**
 * Round-robin, unless somebody else is far better: the one whose turn it is gives way to a second one, drawn by weight,
 * that costs less than half. Equal members are served evenly, as long as they are about equal; one that is slow, hangs or
 * fails gets next to nothing. Always taking the cheapest would send everything to one until it is the dearest.
 */
export const adaptive: CreatePolicy = (members, random) =>
  members.length === 1 ? roundRobin(members, random) : new Adaptive(members, random);

const SWITCH_BELOW = 0.5;

class Adaptive<M extends Member> implements Policy<M> {
  readonly #turns: Policy<M>;
  readonly #draws: WeightedDraw<M>;

  constructor(members: readonly M[], random: () => number) {
    this.#turns = roundRobin(members, random);
    this.#draws = new WeightedDraw(members);
  }

  pick(turn: Turn<M>): M | null {
    const anchor = this.#turns.pick(turn);
    if (anchor === null) return null;
    const second = this.#draws.drawSecond(anchor, turn);
    if (second === null) return anchor;
    const { meanWeight } = this.#draws;
    const anchorCost = costOf(anchor, turn, meanWeight);
    const secondCost = costOf(second, turn, meanWeight);
    const switches = secondCost < anchorCost * SWITCH_BELOW;
    turn.other = switches ? anchor : second;
    turn.cost = switches ? secondCost : anchorCost;
    turn.otherCost = switches ? anchorCost : secondCost;
    return switches ? second : anchor;
  }
}
