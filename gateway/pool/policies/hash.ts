import type { Member } from '../member';
import { fingerprint } from './fingerprint';
import type { CreatePolicy, PickContext, Policy } from './policy';
import { roundRobin } from './round-robin';

/** Points of the heaviest member on the ring: more of them share the keys more evenly. */
const POINTS_OF_FEW = 256;
const POINTS_OF_MANY = 24;
const FEW = 64;
/** A point keeps this much of its hash; the rest of the number says whose it is. */
const OWNERS = 2 ** 20;

/**
 * Policy that sends equal keys to the same member: consistent hashing on a ring on which each member has points by weight. When
 * one goes, its keys alone move, each to the next one on the ring. Requests without a key go round.
 */
export const hash: CreatePolicy = (members, random) => new HashRing(members, random);

class HashRing<M extends Member> implements Policy<M> {
  readonly #members: readonly M[];
  readonly #turns: Policy<M>;
  /** `hash · OWNERS + index of the member`, in order. */
  readonly #points: Float64Array;

  constructor(members: readonly M[], random: () => number) {
    this.#members = members;
    this.#turns = roundRobin(members, random);
    const most = members.length > FEW ? POINTS_OF_MANY : POINTS_OF_FEW;
    const heaviest = Math.max(...members.map(({ weight }) => weight));
    const points = members.flatMap(({ url, weight }, index) =>
      Array.from(
        { length: Math.max(1, Math.round((most * weight) / heaviest)) },
        (_, point) => fingerprint(`${url}#${point}`) * OWNERS + index,
      ),
    );
    this.#points = Float64Array.from(points).sort();
  }

  pick(context: PickContext<M>): M | null {
    const { hashKey, tried } = context;
    if (hashKey === null) return this.#turns.pick(context);
    const points = this.#points;
    const from = this.#firstFrom(fingerprint(hashKey) * OWNERS);
    for (let step = 0; step < points.length; step += 1) {
      // as: the index is in bounds, and so is the owner's
      const point = points[(from + step) % points.length] as number;
      const owner = this.#members[point % OWNERS] as M;
      if (!tried.includes(owner)) return owner;
    }
    return null;
  }

  #firstFrom(least: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#points[middle] ?? 0) < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
