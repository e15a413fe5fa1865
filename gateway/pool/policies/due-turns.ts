import type { Member } from '../member';
import type { PickContext, Policy } from './policy';

/**
 * Weighted round-robin for many: everybody's turn comes every 1/weight, whoever is due first is picked. A heap keeps them
 * in order. They begin at random phases, so that several gateways do not march in step.
 */
export class DueTurns<M extends Member> implements Policy<M> {
  /** A binary heap: nobody is due before its parent. */
  readonly #heap: M[];
  /** When each of the heap is due: beside each other, so that moving a turn does not look into many members. */
  readonly #due: Float64Array;
  #size: number;
  readonly #passed: M[] = [];

  constructor(members: readonly M[], random: () => number) {
    const due = members.map(({ dueAt }) => dueAt).filter((dueAt) => !Number.isNaN(dueAt));
    const start = due.reduce((least, dueAt) => Math.min(least, dueAt), due[0] ?? 0);
    for (const member of members) {
      const latest = start + 1 / member.weight;
      if (Number.isNaN(member.dueAt) || member.dueAt > latest) member.dueAt = start + random() / member.weight;
    }
    this.#heap = [...members].sort((a, b) => a.dueAt - b.dueAt);
    this.#due = Float64Array.from(this.#heap, ({ dueAt }) => dueAt);
    this.#size = members.length;
  }

  pick({ tried }: PickContext<M>): M | null {
    const first = this.#heap[0];
    if (first === undefined) return null;
    if (tried.length > 0 && tried.includes(first)) return this.#pickBehind(tried);
    this.#take(first);
    return first;
  }

  #take(first: M): void {
    first.dueAt += 1 / first.weight;
    this.#sink(first);
  }

  /** Those tried keep their turn: they are taken out, and put back once somebody else is found. */
  #pickBehind(tried: readonly M[]): M | null {
    let picked: M | null = null;
    while (this.#size > 0 && picked === null) {
      const first = this.#heap[0] as M; // as: the heap is not empty
      if (!tried.includes(first)) picked = first;
      else {
        this.#passed.push(first);
        this.#removeFirst();
      }
    }
    if (picked !== null) this.#take(picked);
    for (const passed of this.#passed.splice(0)) this.#insert(passed);
    return picked;
  }

  #removeFirst(): void {
    this.#size -= 1;
    if (this.#size > 0) this.#sink(this.#heap[this.#size] as M); // as: the index is in bounds
  }

  #insert(member: M): void {
    let at = this.#size;
    this.#size += 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if ((this.#due[above] as number) <= member.dueAt) break; // as: the index is in bounds
      this.#put(at, this.#heap[above] as M); // as: the index is in bounds
      at = above;
    }
    this.#put(at, member);
  }

  /** Puts a member in the place of the first, and then where its turn belongs. */
  #sink(member: M): void {
    const heap = this.#heap;
    const due = this.#due;
    const size = this.#size;
    const { dueAt } = member;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      // as: every index is in bounds
      if (child + 1 < size && (due[child + 1] as number) < (due[child] as number)) child += 1;
      const below = due[child] as number;
      if (below >= dueAt) break;
      heap[at] = heap[child] as M;
      due[at] = below;
      at = child;
    }
    heap[at] = member;
    due[at] = dueAt;
  }

  #put(at: number, member: M): void {
    this.#heap[at] = member;
    this.#due[at] = member.dueAt;
  }
}
