import type { Member } from '../member';
import type { CreatePolicy, PickContext, Policy } from './policy';
import { SmoothTurns } from './round-robin';
import { WeightedDraw } from './weighted-draw';

/** Above this many members two drawn by weight stand for all. */
const SCANNED_MAX = 8;

/** Policy that chooses who has the fewest requests under way for its weight; among equals it goes round. */
export const leastRequests: CreatePolicy = (members) =>
  members.length > SCANNED_MAX ? new LesserOfTwo(members) : new LeastOfAll(members);

/** All who have nothing to do are equal: otherwise the heaviest would get everything while there is little to do. */
function loadOf({ inFlight, streams, weight }: Member, { forStream }: { readonly forStream: boolean }): number {
  const underWay = forStream ? inFlight + streams : inFlight;
  return underWay === 0 ? 0 : (underWay + 1) / weight;
}

class LeastOfAll<M extends Member> implements Policy<M> {
  readonly #members: readonly M[];

  constructor(members: readonly M[]) {
    this.#members = members;
  }

  pick(context: PickContext<M>): M | null {
    const { tried } = context;
    let least = Number.POSITIVE_INFINITY;
    let equals: M[] = [];
    for (const member of this.#members) {
      if (tried.length > 0 && tried.includes(member)) continue;
      const load = loadOf(member, context);
      if (load === least) equals.push(member);
      else if (load < least) {
        least = load;
        equals = [member];
      }
    }
    context.cost = least;
    return equals.length > 1 ? new SmoothTurns(equals).pick(context) : (equals[0] ?? null);
  }
}

class LesserOfTwo<M extends Member> implements Policy<M> {
  readonly #draws: WeightedDraw<M>;

  constructor(members: readonly M[]) {
    this.#draws = new WeightedDraw(members);
  }

  pick(context: PickContext<M>): M | null {
    const first = this.#draws.draw(context);
    if (first === null) return null;
    const second = this.#draws.drawBeside(first, null, context);
    if (second === null) return first;
    const firstLoad = loadOf(first, context);
    const secondLoad = loadOf(second, context);
    const firstWins = firstLoad <= secondLoad;
    context.other = firstWins ? second : first;
    context.cost = firstWins ? firstLoad : secondLoad;
    context.otherCost = firstWins ? secondLoad : firstLoad;
    return firstWins ? first : second;
  }
}
