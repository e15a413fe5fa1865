import type { Member } from '../member';
import { DueTurns } from './due-turns';
import type { CreatePolicy, PickContext, Policy } from './policy';

/** Above this many members a heap is cheaper than looking at each. */
const SCANNED_MAX = 64;

/** Policy that chooses each in turn, as often as its weight says, and as evenly spread as can be. */
export const roundRobin: CreatePolicy = (members, random) =>
  members.length > SCANNED_MAX ? new DueTurns(members, random) : new SmoothTurns(members);

/**
 * Smooth weighted round-robin: each turn everybody earns its weight, the richest is picked and pays the sum of all.
 * Weights 5, 1, 1 give a a b a c a a.
 */
export class SmoothTurns<M extends Member> implements Policy<M> {
  readonly #members: readonly M[];

  constructor(members: readonly M[]) {
    this.#members = members;
  }

  pick({ tried }: PickContext<M>): M | null {
    let picked: M | null = null;
    let sum = 0;
    const members = this.#members;
    for (let at = 0; at < members.length; at += 1) {
      const member = members[at] as M; // as: the index is in bounds
      if (tried.length > 0 && tried.includes(member)) continue;
      sum += member.weight;
      member.credit += member.weight;
      if (picked === null || member.credit > picked.credit) picked = member;
    }
    if (picked !== null) picked.credit -= sum;
    return picked;
  }
}
