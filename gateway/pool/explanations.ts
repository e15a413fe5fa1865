import type { Member } from './member';
import type { Choice } from './pool';

/** How many choices are kept. */
const KEPT = 64;

interface Record {
  atMs: number;
  chosen: string;
  cost: number;
  other: string | null;
  otherCost: number;
  reason: string;
}

/** The last choices of a pool. Recording one costs some assignments: the records are used again and again. */
export class Explanations {
  readonly #records: Record[] = [];
  #next = 0;

  record(atMs: number, chosen: Member, cost: number, other: Member | null, otherCost: number, reason: string): void {
    const known = this.#records[this.#next];
    if (known === undefined) {
      this.#records.push({ atMs, chosen: chosen.id, cost, other: other?.id ?? null, otherCost, reason });
    } else {
      known.atMs = atMs;
      known.chosen = chosen.id;
      known.cost = cost;
      known.other = other === null ? null : other.id;
      known.otherCost = otherCost;
      known.reason = reason;
    }
    this.#next = (this.#next + 1) % KEPT;
  }

  /** Oldest first. @param epochMs added to a recorded time it gives milliseconds since the epoch */
  list(epochMs: number): readonly Choice[] {
    const inOrder = [...this.#records.slice(this.#next), ...this.#records.slice(0, this.#next)];
    return inOrder.map(({ atMs, chosen, cost, other, otherCost, reason }) => ({
      at: Math.round(atMs + epochMs),
      chosen,
      cost: Number.isNaN(cost) ? null : cost,
      other,
      otherCost: Number.isNaN(otherCost) ? null : otherCost,
      reason,
    }));
  }
}
