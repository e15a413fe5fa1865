import type { FlattenElement } from '../execution/paths';
import type { FromVariables } from './argument-values';
import type { CostField, CostSelection } from './cost-tree';
import { instances } from './estimated-cost';
import { COST_MAX, times } from './saturating';

interface Entry {
  readonly selection: CostSelection;
  /** Keys of the answer to what the plan calls them afterwards. */
  readonly renamed: ReadonlyMap<string, string>;
}

function* fieldsIn({ fields, fragments }: CostSelection): Generator<CostField> {
  yield* fields;
  for (const { selection } of fragments) yield* fieldsIn(selection);
}

function pathText(elements: readonly FlattenElement[]): string {
  return JSON.stringify(elements.map(({ key }) => key));
}

/** Places of the answer, as far as fetches were compiled: how many objects there are at each. */
export class Places {
  readonly #entries = new Map<string, Entry[]>();
  readonly #listSize: number;

  /** @param listSize of lists that nobody knows */
  constructor(listSize: number) {
    this.#listSize = listSize;
  }

  add(path: readonly FlattenElement[], entry: Entry): void {
    const text = pathText(path);
    this.#entries.set(text, [...(this.#entries.get(text) ?? []), entry]);
  }

  /** How many objects there are at a path, at most. */
  countAt(path: readonly FlattenElement[]): FromVariables<number> {
    const factors: FromVariables<number>[] = [];
    let entries = this.#at([]);
    for (const [index, { key, lists }] of path.entries()) {
      const found = entries.flatMap(({ selection, renamed }) =>
        [...fieldsIn(selection)].flatMap((field) =>
          field.key === key || renamed.get(field.key) === key ? [{ field, renamed }] : [],
        ),
      );
      factors.push(
        countOf(
          found.map(({ field }) => field),
          Math.min(COST_MAX, this.#listSize ** lists),
        ),
      );
      const below = found.flatMap(({ field: { selection }, renamed }) =>
        selection === null ? [] : [{ selection, renamed }],
      );
      entries = [...below, ...this.#at(path.slice(0, index + 1))];
    }
    return (variables) => factors.reduce((count, factor) => times(count, factor(variables)), 1);
  }

  #at(path: readonly FlattenElement[]): readonly Entry[] {
    return this.#entries.get(pathText(path)) ?? [];
  }
}

/** @param otherwise where nobody knows the field */
function countOf(fields: readonly CostField[], otherwise: number): FromVariables<number> {
  const own = [...new Set(fields)];
  if (own.length === 0) return () => otherwise;
  return (variables) => Math.max(...own.map((field) => instances(field, variables) ?? 0));
}
