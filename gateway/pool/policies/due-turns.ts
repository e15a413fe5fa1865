import type { Member } from '../member';
import type { Policy, Turn } from './policy';

/**
 * Weighted round-robin for many: everybody's turn comes every 1/weight, whoever is due first is picked. A heap keeps them
 * in order. They begin at random phases, so that several gateways do not march in step.
 */
export class DueTurns<M extends Member> implements Policy<M> {
  /** A binary heap: nobody is due before its parent. */
  readonly #heap: M[];
  readonly #passed: M[] = [];

  constructor(members: readonly M[], random: () => number) {
    const due = members.map(({ dueAt }) => dueAt).filter((dueAt) => !Number.isNaN(dueAt));
    const start = due.reduce((least, dueAt) => Math.min(least, dueAt), due[0] ?? 0);
    for (const member of members) {
      const latest = start + 1 / member.weight;
      if (Number.isNaN(member.dueAt) || member.dueAt > latest) member.dueAt = start + random() / member.weight;
    }
    this.#heap = [...members].sort((a, b) => a.dueAt - b.dueAt);
  }

  pick({ tried }: Turn<M>): M | null {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined) return null;
    if (tried.length > 0 && tried.includes(first)) return this.#pickBehind(tried);
    this.#take(first);
    return first;
  }

  #take(first: M): void {
    first.dueAt += 1 / first.weight;
    this.#sink();
  }

  /** Those tried keep their turn: they are taken out, and put back once somebody else is found. */
  #pickBehind(tried: readonly M[]): M | null {
    const heap = this.#heap;
    let picked: M | null = null;
    while (heap.length > 0 && picked === null) {
      const first = heap[0] as M; // as: the heap is not empty
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
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #insert(member: M): void {
    const heap = this.#heap;
    let at = heap.push(member) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as M; // as: the index is in bounds
      if (parent.dueAt <= member.dueAt) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = member;
  }

  /** Restores the order after the first one's turn was moved. */
  #sink(): void {
    const heap = this.#heap;
    const moved = heap[0] as M; // as: the heap is not empty
    const count = heap.length;
    let at = 0;
    for (let child = 1; child < count; child = 2 * at + 1) {
      // as: both indexes are in bounds
      if (child + 1 < count && (heap[child + 1] as M).dueAt < (heap[child] as M).dueAt) child += 1;
      const below = heap[child] as M; // as: the index is in bounds
      if (below.dueAt >= moved.dueAt) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = moved;
  }
}
