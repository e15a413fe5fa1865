import type { OperationShape } from '../operation-shape';

interface Suspect {
  readonly fields: readonly string[];
  readonly selections: number;
  readonly untilMs: number;
}

/** How long an operation that took its time makes others like it suspect. */
const REMEMBERED_MS = 300_000;
const SUSPECTS_MAX = 64;
/** A smaller operation is slow because the machine is: it makes no others suspect. */
const SELECTIONS_MIN = 20;
/** A field counts from this share of an operation's selections on: what is mixed in to look different does not. */
const MAIN_FIELD_SHARE = 0.1;
/** Of the selections of a suspect: an operation with fewer is another matter. */
const SIZE_SHARE = 0.5;

function mainFields({ fields, selections }: OperationShape): readonly string[] {
  const main = [...fields].filter(([, count]) => count >= selections * MAIN_FIELD_SHARE).map(([name]) => name);
  return main.length === 0 ? [...fields.keys()] : main;
}

/** Operations that held up a planner thread lately, and which others look like them. Times in milliseconds of any clock. */
export class Suspects {
  readonly #known = new Map<string, Suspect>();

  add(shape: OperationShape, nowMs: number): void {
    if (shape.selections < SELECTIONS_MIN) return;
    const fields = mainFields(shape);
    const key = keyOf(fields);
    this.#known.delete(key);
    // Parts of a document keep all of it in memory: a copy.
    const own: readonly string[] = JSON.parse(JSON.stringify(fields));
    this.#known.set(JSON.parse(JSON.stringify(key)), {
      fields: own,
      selections: shape.selections,
      untilMs: nowMs + REMEMBERED_MS,
    });
    const [oldest] = this.#known.keys();
    if (this.#known.size > SUSPECTS_MAX && oldest !== undefined) this.#known.delete(oldest);
  }

  /** It was planned in time after all. */
  clear(shape: OperationShape): void {
    this.#known.delete(keyOf(mainFields(shape)));
  }

  /** True when something as large with the same fields held up a thread. */
  resemble({ fields, selections }: OperationShape, nowMs: number): boolean {
    for (const [key, one] of this.#known) {
      if (one.untilMs <= nowMs) this.#known.delete(key);
      else if (selections >= one.selections * SIZE_SHARE && one.fields.every((field) => fields.has(field))) return true;
    }
    return false;
  }

  anyAt(nowMs: number): boolean {
    return [...this.#known.values()].some(({ untilMs }) => untilMs > nowMs);
  }
}

function keyOf(fields: readonly string[]): string {
  return [...fields].sort().join();
}
