import type { Member } from '../member';
import type { PickContext } from './policy';

/** Up to here looking at everybody is as quick as drawing again. */
const SCANNED_MAX = 8;
const REDRAWS_MAX = 8;

/**
 * Draws members with the probability that their weight has among all, in constant time: Walker's alias table in Vose's
 * construction. Each slot holds one member up to its threshold, and an alias above it.
 */
export class WeightedDraw<M extends Member> {
  readonly meanWeight: number;
  readonly #members: readonly M[];
  readonly #thresholds: Float64Array;
  readonly #aliases: Uint32Array;

  constructor(members: readonly M[]) {
    const count = members.length;
    this.#members = members;
    this.meanWeight = members.reduce((sum, { weight }) => sum + weight, 0) / count;
    this.#thresholds = new Float64Array(count).fill(1);
    this.#aliases = new Uint32Array(count);
    this.#fill();
  }

  /** @returns null when all were tried */
  draw({ tried, random }: PickContext<M>): M | null {
    if (tried.length === 0) return this.#drawAny(random());
    if (this.#members.length > SCANNED_MAX) {
      for (let redraw = 0; redraw < REDRAWS_MAX; redraw += 1) {
        const drawn = this.#drawAny(random());
        if (!tried.includes(drawn)) return drawn;
      }
    }
    return this.#scan(tried, null, null, random());
  }

  /** One other than `first` and `second`. @returns null when there is none that was not tried */
  drawBeside(first: M, second: M | null, { tried, random }: PickContext<M>): M | null {
    if (this.#members.length > SCANNED_MAX) {
      for (let redraw = 0; redraw < REDRAWS_MAX; redraw += 1) {
        const drawn = this.#drawAny(random());
        if (drawn !== first && drawn !== second && (tried.length === 0 || !tried.includes(drawn))) return drawn;
      }
    }
    return this.#scan(tried, first, second, random());
  }

  #drawAny(chance: number): M {
    const place = chance * this.#members.length;
    const slot = Math.floor(place);
    // as: chance is below 1, so the index is in bounds
    const index = place - slot < (this.#thresholds[slot] as number) ? slot : (this.#aliases[slot] as number);
    return this.#members[index] as M;
  }

  #scan(tried: readonly M[], first: M | null, second: M | null, chance: number): M | null {
    const members = this.#members;
    const retries = tried.length > 0;
    let sum = 0;
    for (let at = 0; at < members.length; at += 1) {
      const member = members[at] as M; // as: the index is in bounds
      if (member !== first && member !== second && !(retries && tried.includes(member))) sum += member.weight;
    }
    let left = chance * sum;
    let last: M | null = null;
    for (let at = 0; at < members.length; at += 1) {
      const member = members[at] as M; // as: the index is in bounds
      if (member === first || member === second || (retries && tried.includes(member))) continue;
      last = member;
      left -= member.weight;
      if (left < 0) return member;
    }
    return last;
  }

  #fill(): void {
    const scaled = this.#members.map(({ weight }) => weight / this.meanWeight);
    const small: number[] = [];
    const large: number[] = [];
    for (const [index, share] of scaled.entries()) (share < 1 ? small : large).push(index);
    while (small.length > 0 && large.length > 0) {
      const less = small.pop() as number; // as: not empty
      const more = large.pop() as number; // as: not empty
      this.#thresholds[less] = scaled[less] as number; // as: the index is in bounds
      this.#aliases[less] = more;
      const rest = (scaled[more] as number) + (scaled[less] as number) - 1; // as: both indexes are in bounds
      scaled[more] = rest;
      (rest < 1 ? small : large).push(more);
    }
  }
}
