import { Counter, type Registry } from 'prom-client';

/** The values of one label below the values of the labels before it. */
interface Branch {
  readonly below: Map<string, Branch>;
  /** Of the series that ends here; null when none does. */
  count: number | null;
  touched: boolean;
}

export interface TallyOptions {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * A counter that is counted in maps of its own, and shown to Prometheus when it asks: a fraction of the cost for each
 * event, and series can be forgotten.
 */
export class Tally {
  readonly #root = newBranch();

  constructor(registry: Registry, { name, help, labels }: TallyOptions) {
    const series = () => seriesOf(this.#root, []);
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [registry],
      collect() {
        this.reset();
        for (const { values, count } of series()) {
          this.inc(Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])), count);
        }
      },
    });
  }

  /** @param values in the order of the labels; none of them may be free text */
  add(...values: readonly string[]): void {
    const branch = this.#branch(values);
    branch.count = (branch.count ?? 0) + 1;
    branch.touched = true;
  }

  /** Shows a series from 0: Prometheus does not see the first increase of one that begins with 1. */
  declare(...values: readonly string[]): void {
    this.#branch(values).count ??= 0;
  }

  /** Forgets the series that `keep` refuses, once nothing has been counted on them between two calls. */
  prune(keep: (values: readonly string[]) => boolean): void {
    prune(this.#root, [], keep);
  }

  #branch(values: readonly string[]): Branch {
    let branch = this.#root;
    for (const value of values) {
      let next = branch.below.get(value);
      if (next === undefined) {
        next = newBranch();
        branch.below.set(value, next);
      }
      branch = next;
    }
    return branch;
  }
}

function newBranch(): Branch {
  return { below: new Map(), count: null, touched: false };
}

function* seriesOf(
  branch: Branch,
  values: readonly string[],
): Generator<{ readonly values: readonly string[]; readonly count: number }> {
  if (branch.count !== null) yield { values, count: branch.count };
  for (const [value, next] of branch.below) yield* seriesOf(next, [...values, value]);
}

function prune(branch: Branch, values: readonly string[], keep: (values: readonly string[]) => boolean): void {
  if (branch.count !== null && !branch.touched && !keep(values)) branch.count = null;
  branch.touched = false;
  for (const [value, next] of branch.below) {
    prune(next, [...values, value], keep);
    if (next.count === null && next.below.size === 0) branch.below.delete(value);
  }
}
