import type { FetchNode, PlanNode } from '../planning/plan';
import type { FetchOperations, ParsedOperation } from './fetch-operations';
import type { ConditionValues } from './guards';
import { ALWAYS, both, type Guard } from './guards';
import type { FlattenElement } from './paths';
import { markSelection, type Position, type SelectedOn } from './position';

/** A fetch node at its place. */
export interface PlacedFetch {
  /** Counts in plan order. */
  readonly id: number;
  readonly node: FetchNode;
  readonly operation: ParsedOperation;
  /** The flatten path that leads to it, as the plan has it. */
  readonly path: readonly string[];
  readonly elements: readonly FlattenElement[];
  /** The objects that it adds to. */
  readonly position: Position;
  /** When it is needed at all, as far as the plan says and no value is known. */
  readonly guard: Guard;
}

export type PlacedStep =
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly PlacedStep[] }
  | { readonly kind: 'fetch'; readonly fetch: PlacedFetch };

export interface PlacedPlan {
  /** Null when nothing is fetched. */
  readonly step: PlacedStep | null;
  readonly fetches: readonly PlacedFetch[];
}

/** A plan at the positions of the answer. */
export interface Placed {
  readonly root: Position;
  readonly placed: PlacedPlan;
}

/** Conditions and types that decide which fetches there are. */
export interface PlaceScope {
  readonly operations: FetchOperations;
  readonly conditions: ConditionValues;
  /** The client's name for a variable of a plan. */
  readonly nameOf: (variable: string) => string;
}

function followedOn(elements: readonly FlattenElement[], { onHolders }: FetchNode): readonly FlattenElement[] {
  if (onHolders === undefined) return elements;
  return elements.map((element, index) => ({ ...element, types: onHolders[index] ?? element.types }));
}

/** The objects above those that a fetch adds to; undefined where they may be of any type. */
function holdersOf(elements: readonly FlattenElement[], guard: Guard): SelectedOn | undefined {
  if (elements.every(({ types }) => types === null)) return undefined;
  return elements.reduce<SelectedOn | undefined>(
    (above, { types }) => ({ typeConditions: [], guard, ...(types && { onTypes: types }), ...(above && { above }) }),
    undefined,
  );
}

/**
 * Chooses the branches of a plan as far as conditions are known, gives each fetch its id, and marks below `root` what each of
 * them answers.
 */
export function placeFetches(root: Position, plan: PlanNode | null, scope: PlaceScope): PlacedPlan {
  const { operations, conditions, nameOf } = scope;
  const fetches: PlacedFetch[] = [];

  function placeFetch(node: FetchNode, path: readonly string[], guard: Guard): PlacedStep {
    const operation = operations.of(node);
    const elements = followedOn(operations.path(path), node);
    const position = elements.reduce((above, { key }) => above.child(key), root);
    const fetch = { id: fetches.length, node, operation, path, elements, position, guard };
    const marked = { id: fetch.id, fragments: operation.fragments, conditions, nameOf };
    const above = holdersOf(elements, guard);
    const on = { typeConditions: [], onTypes: node.onTypes, guard, ...(above && { above }) };
    markSelection(position, operation.selections, marked, operation.renames, on);
    fetches.push(fetch);
    return { kind: 'fetch', fetch };
  }

  function placeAll(kind: 'sequence' | 'parallel', steps: readonly (PlacedStep | null)[]): PlacedStep | null {
    const placed = steps.filter((one) => one !== null);
    return placed.length === 0 ? null : { kind, steps: placed };
  }

  function placeBranch(
    node: PlanNode | undefined,
    variable: string,
    value: boolean,
    path: readonly string[],
    above: Guard,
  ) {
    const guard = both(above, [{ variable, value }]);
    return guard === null ? null : placeNode(node, path, guard);
  }

  function placeNode(node: PlanNode | undefined, path: readonly string[], guard: Guard): PlacedStep | null {
    if (node === undefined) return null;
    switch (node.kind) {
      case 'Fetch':
        return placeFetch(node, path, guard);
      case 'Flatten':
        return placeNode(node.node, path.length === 0 ? node.path : [...path, ...node.path], guard);
      case 'Condition': {
        const { condition, ifClause, elseClause } = node;
        const value = conditions.get(condition);
        if (value !== undefined) return placeNode(value ? ifClause : elseClause, path, guard);
        const branches = [
          placeBranch(ifClause, condition, true, path, guard),
          placeBranch(elseClause, condition, false, path, guard),
        ];
        return placeAll('parallel', branches);
      }
      case 'Sequence':
      case 'Parallel':
        return placeAll(
          node.kind === 'Sequence' ? 'sequence' : 'parallel',
          node.nodes.map((one) => placeNode(one, path, guard)),
        );
    }
  }
  return { step: placeNode(plan ?? undefined, [], ALWAYS), fetches };
}
