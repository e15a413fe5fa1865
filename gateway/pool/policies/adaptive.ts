import type { Member } from '../member';
import { costOf } from './cost';
import type { CreatePolicy, PickContext, Policy } from './policy';
import { roundRobin } from './round-robin';
import { WeightedDraw } from './weighted-draw';

/**
 * Round-robin, unless somebody else is far better: the one whose turn it is gives way to the cheaper of two others, drawn
 * by weight, that costs less than half. Equal members are served evenly, as long as they are about equal; one that is
 * slow, hangs or fails gets next to nothing. Always taking the cheapest would send everything to one until it is the
 * dearest; with one other alone, a slow one would stand in for each that pauses for a moment.
 */
export const adaptive: CreatePolicy = (members, random) =>
  members.length === 1 ? roundRobin(members, random) : new Adaptive(members, random);

const SWITCH_BELOW = 0.5;
/** Among more than this many it is rare that the second one is the slow one: a third would only cost time. */
const THIRD_MAX = 64;

class Adaptive<M extends Member> implements Policy<M> {
  readonly #turns: Policy<M>;
  readonly #draws: WeightedDraw<M>;
  readonly #few: boolean;

  constructor(members: readonly M[], random: () => number) {
    this.#few = members.length <= THIRD_MAX;
    this.#turns = roundRobin(members, random);
    this.#draws = new WeightedDraw(members);
  }

  pick(context: PickContext<M>): M | null {
    const anchor = this.#turns.pick(context);
    if (anchor === null) return null;
    const second = this.#draws.drawBeside(anchor, null, context);
    if (second === null) return anchor;
    const { meanWeight } = this.#draws;
    const third = this.#few ? this.#draws.drawBeside(anchor, second, context) : null;
    const anchorCost = costOf(anchor, context, meanWeight);
    const secondCost = costOf(second, context, meanWeight);
    const thirdCost = third === null ? Number.POSITIVE_INFINITY : costOf(third, context, meanWeight);
    const other = third !== null && thirdCost < secondCost ? third : second;
    const otherCost = Math.min(secondCost, thirdCost);
    const switches = otherCost < anchorCost * SWITCH_BELOW;
    context.other = switches ? anchor : other;
    context.cost = switches ? otherCost : anchorCost;
    context.otherCost = switches ? anchorCost : otherCost;
    return switches ? other : anchor;
  }
}
