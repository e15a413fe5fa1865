import type { Member } from './member';
import type { Choice } from './pool';

/** How many choices are kept. */
const KEPT = 64;

/** The last choices of a pool, in columns that are used again and again: recording one is a few stores, and nothing is allocated. */
export class Explanations {
  readonly #atMs = new Float64Array(KEPT);
  readonly #costs = new Float64Array(KEPT);
  readonly #otherCosts = new Float64Array(KEPT);
  readonly #chosen: (Member | null)[] = Array(KEPT).fill(null);
  readonly #others: (Member | null)[] = Array(KEPT).fill(null);
  readonly #reasons: string[] = Array(KEPT).fill('');
  #next = 0;

  record(atMs: number, chosen: Member, cost: number, other: Member | null, otherCost: number, reason: string): void {
    const row = this.#next;
    this.#atMs[row] = atMs;
    this.#costs[row] = cost;
    this.#otherCosts[row] = otherCost;
    this.#chosen[row] = chosen;
    this.#others[row] = other;
    this.#reasons[row] = reason;
    this.#next = (row + 1) % KEPT;
  }

  /** Oldest first. @param epochMs added to a recorded time it gives milliseconds since the epoch */
  list(epochMs: number): readonly Choice[] {
    const rows = Array.from({ length: KEPT }, (_, at) => (this.#next + at) % KEPT);
    return rows.flatMap((row) => this.#read(row, epochMs) ?? []);
  }

  #read(row: number, epochMs: number): Choice | null {
    const chosen = this.#chosen[row] ?? null;
    if (chosen === null) return null;
    return {
      at: Math.round((this.#atMs[row] ?? 0) + epochMs),
      chosen: chosen.id,
      cost: known(this.#costs[row]),
      other: this.#others[row]?.id ?? null,
      otherCost: known(this.#otherCosts[row]),
      reason: this.#reasons[row] ?? '',
    };
  }
}

function known(cost: number | undefined): number | null {
  return cost === undefined || Number.isNaN(cost) ? null : cost;
}
