import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** The fragments that lead to a selection set, innermost first. */
interface Chain {
  readonly name: string;
  readonly outer: Chain | null;
}

interface Part {
  readonly set: SelectionSetNode;
  readonly chain: Chain | null;
}

/** Selections looked at; a document within its other limits has far fewer. */
const STEPS_MAX = 100_000;

function includes(chain: Chain | null, name: string): boolean {
  for (let at = chain; at !== null; at = at.outer) if (at.name === name) return true;
  return false;
}

class OverlapCount {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #max: number;
  /** Fragments that were looked into. */
  readonly seen = new Set<string>();
  #steps = 0;
  pairs = 0;

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, max: number) {
    this.#fragments = fragments;
    this.#max = max;
  }

  /** Every selection set that lands at one place of the answer. */
  addPlace(parts: readonly Part[]): void {
    if (this.#isOver) return;
    const byKey = new Map<string, { count: number; readonly below: Part[] }>();
    const spread = new Set<string>();
    for (const part of parts) this.#collect(part, byKey, spread);
    for (const { count, below } of byKey.values()) {
      this.pairs += (count * (count - 1)) / 2;
      if (below.length > 0) this.addPlace(below);
    }
  }

  get #isOver(): boolean {
    if (this.#steps > STEPS_MAX) this.pairs = Math.max(this.pairs, this.#max + 1);
    return this.pairs > this.#max;
  }

  #collect({ set, chain }: Part, byKey: Map<string, { count: number; readonly below: Part[] }>, spread: Set<string>) {
    for (const selection of set.selections) {
      this.#steps++;
      if (this.#isOver) return;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.#collect({ set: selection.selectionSet, chain }, byKey, spread);
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const name = selection.name.value;
        const fragment = this.#fragments.get(name);
        // Twice at one place it is compared once; inside of itself validation refuses it.
        if (fragment === undefined || spread.has(name) || includes(chain, name)) continue;
        spread.add(name);
        this.seen.add(name);
        this.#collect({ set: fragment.selectionSet, chain: { name, outer: chain } }, byKey, spread);
      } else {
        const key = selection.alias?.value ?? selection.name.value;
        const known = byKey.get(key);
        const entry = known ?? { count: 0, below: [] };
        if (known === undefined) byKey.set(key, entry);
        entry.count++;
        if (selection.selectionSet !== undefined) entry.below.push({ set: selection.selectionSet, chain });
      }
    }
  }
}

/**
 * Pairs of fields that stand for one key of the answer at one place of it, fragments expanded. Validation compares each
 * pair, so this is what it costs: about 1 µs a pair, and more with arguments.
 * @param max counting ends above it
 */
export function countOverlaps(document: DocumentNode, max: number): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const overlaps = new OverlapCount(fragments, max);
  for (const one of document.definitions)
    if (one.kind === Kind.OPERATION_DEFINITION) overlaps.addPlace([{ set: one.selectionSet, chain: null }]);
  // Fragments that no operation spreads are validated too.
  for (const [name, { selectionSet }] of fragments)
    if (!overlaps.seen.has(name)) overlaps.addPlace([{ set: selectionSet, chain: { name, outer: null } }]);
  return overlaps.pairs;
}
