import type { RequiredSelection } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import type { AskedPlaces } from './asked-places';
import { followedTypes, wayTo } from './holder-types';
import type { PlacedFetch } from './place-fetches';
import { type HeldType, isOnType, type Position, type SelectedOn } from './position';
import type { PossibleTypes } from './possible-types';
import { readKey } from './representation';

/** A selection of something that a fetch requires. */
interface RequiredSelector {
  /** Equal for those that select the same of the same objects, whatever is above these. */
  readonly key: string;
  /** The entities that it is made on; undefined: any. */
  readonly entities: SelectedOn | undefined;
  /** Objects above the entities that it is made behind, one for each key of the flatten path; undefined: any. */
  readonly above: readonly (SelectedOn | undefined)[];
}

/** Objects behind which the same selections are made. */
interface State {
  readonly selectors: readonly RequiredSelector[];
  /** Types on the way to some of these objects. */
  readonly holder: HeldType | null;
}

/** Looks of one type at one selector, in one plan. */
const LOOKS_MAX = 300_000;

/** Bounds the work for one plan; beyond, nothing more is told apart. */
export class HolderBudget {
  #left = LOOKS_MAX;

  /** @returns whether so many looks are left */
  take(looks: number): boolean {
    this.#left -= looks;
    return this.#left >= 0;
  }
}

/** @param depth levels below the entities that it is made @param keys of the flatten path to them */
function requiredSelector(key: string, on: SelectedOn, depth: number, keys: number): RequiredSelector {
  let entities: SelectedOn | undefined = on;
  for (let level = 0; level < depth; level++) entities = entities?.above;
  const above = new Array<SelectedOn | undefined>(keys).fill(undefined);
  let link = entities?.above;
  for (let index = keys - 1; index >= 0 && link !== undefined; index--) {
    above[index] = link;
    link = link.above;
  }
  return { key, entities, above };
}

/** Collects who selects what a fetch requires. */
function selectorsOf({ node, position: entities, elements }: PlacedFetch): readonly RequiredSelector[] {
  const found: RequiredSelector[] = [];
  const seen = new Set<Position>();
  const walk = (selections: readonly RequiredSelection[], position: Position, path: string, depth: number): void => {
    for (const one of selections) {
      if (one.kind === 'InlineFragment') {
        walk(one.selections, position, path, depth);
        continue;
      }
      const key = readKey(one);
      const child = position.children.get(key);
      if (child === undefined) continue;
      const here = `${path}/${key}`;
      // Fragments on many types require the same.
      for (const on of seen.has(child) ? [] : child.selectors) {
        const own = `${here} ${on.typeConditions.join('&')} ${on.onTypes?.join('|')}`;
        found.push(requiredSelector(own, on, depth, elements.length));
      }
      seen.add(child);
      walk(one.selections ?? [], child, here, depth + 1);
    }
  };
  walk(node.requires ?? [], entities, '', 0);
  return found;
}

function isNarrow(link: SelectedOn | undefined): boolean {
  return link !== undefined && (link.typeConditions.length > 0 || link.onTypes !== undefined);
}

/** Goes one key on: each state, behind objects of each type that differ in what is selected behind them. */
function nextStates(
  states: readonly State[],
  index: number,
  typesAt: () => readonly string[],
  types: FullTypes,
  budget: HolderBudget,
): readonly State[] | null {
  const next = new Map<string, State>();
  const numbers = new Map(states.flatMap(({ selectors }) => selectors).map((one, at) => [one, at]));
  const add = (selectors: readonly RequiredSelector[], holder: HeldType): void => {
    const key = selectors.map((one) => numbers.get(one)).join();
    if (!next.has(key)) next.set(key, { selectors, holder });
  };
  for (const { selectors, holder } of states) {
    if (!selectors.some(({ above }) => isNarrow(above[index]))) {
      add(selectors, { typename: null, holder });
      continue;
    }
    const all = typesAt();
    if (!budget.take(all.length * selectors.length)) return null;
    for (const typename of all) {
      const made = selectors.filter(({ above }) => {
        const link = above[index];
        return link === undefined || isOnType(link, typename, types);
      });
      add(made, { typename, holder });
    }
  }
  return [...next.values()];
}

/** Examples of what holds entities of a type, one for each difference in what of the required is selected of them. */
export type HoldersOfType = (typename: string) => readonly (HeldType | null)[];

/**
 * Tells apart what holds the objects of a fetch, as far as what is selected of them depends on it. Null: there is too much to say.
 * @param declared the type of the objects at a place, as far as it is known
 */
export function holdersApart(
  fetch: PlacedFetch,
  root: Position,
  declared: AskedPlaces['declared'],
  possible: PossibleTypes,
  types: FullTypes,
  budget: HolderBudget,
): HoldersOfType | null {
  let states: readonly State[] | null = [{ selectors: selectorsOf(fetch), holder: null }];
  for (const [index, step] of wayTo(fetch, root).entries()) {
    let known: readonly string[] | null = null;
    const typesAt = () => {
      const type = declared.get(step.holder) ?? null;
      const allowed = fetch.elements[index]?.types ?? null;
      known ??= followedTypes(step, type === null ? types.objectTypes : possible.of(type), types).filter(
        (typename) => allowed === null || allowed.some((one) => types.fits(typename, one)),
      );
      return known;
    };
    states = nextStates(states, index, typesAt, types, budget);
    if (states === null) return null;
  }
  const found = states;
  return (typename) => {
    const examples = new Map<string, HeldType | null>();
    for (const { selectors, holder } of found) {
      const here = selectors.filter(({ entities }) => entities === undefined || isOnType(entities, typename, types));
      const key = [...new Set(here.map((one) => one.key))].sort().join();
      if (!examples.has(key)) examples.set(key, holder);
    }
    return [...examples.values()];
  };
}
