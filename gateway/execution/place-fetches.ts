import { type DocumentNode, Kind, parse, type SelectionSetNode } from 'graphql';
import type { FetchNode, PlanNode, Rewrite } from '../planning/plan';
import type { ConditionValues } from './conditions';
import { readFlattenPath } from './paths';
import { fragmentIn, markSelection, type Position, type Rename } from './position';

/** A fetch node at its place. */
export interface PlacedFetch {
  /** Counts in plan order. */
  readonly id: number;
  readonly node: FetchNode;
  /** The flatten path that leads to it. */
  readonly path: readonly string[];
  /** Response keys of the operation's root fields. */
  readonly rootKeys: readonly string[];
}

export type PlacedStep =
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly PlacedStep[] }
  | { readonly kind: 'fetch'; readonly fetch: PlacedFetch };

export interface PlacedPlan {
  /** Null when nothing is fetched. */
  readonly step: PlacedStep | null;
  readonly fetches: readonly PlacedFetch[];
}

export function positionAt(root: Position, path: readonly string[]): Position {
  return readFlattenPath(path).reduce((position, { key }) => position.child(key), root);
}

function renamesOf(rewrites: readonly Rewrite[] | undefined): Rename[] {
  return (rewrites ?? []).flatMap((one) =>
    one.kind === 'KeyRenamer'
      ? [{ path: one.path.filter((element) => !element.startsWith('... on ')), to: one.renameKeyTo }]
      : [],
  );
}

function rootKeysOf(selections: SelectionSetNode, document: DocumentNode): string[] {
  return selections.selections.flatMap((one) => {
    if (one.kind === Kind.FIELD) return [one.alias?.value ?? one.name.value];
    const set = one.kind === Kind.INLINE_FRAGMENT ? one : fragmentIn(document, one.name);
    return set === undefined ? [] : rootKeysOf(set.selectionSet, document);
  });
}

/** What a fetch adds to its target: all of it, or what is selected below `_entities`. */
function answeredSelections({ requires }: FetchNode, whole: SelectionSetNode): SelectionSetNode {
  const [first] = whole.selections;
  return requires !== undefined && first?.kind === Kind.FIELD ? (first.selectionSet ?? whole) : whole;
}

/**
 * Chooses the branches of a plan, gives each fetch its id, and marks below `root` what each of them answers.
 * @param inFetches the conditions by the names that they have in the operations of fetches
 */
export function placeFetches(
  root: Position,
  plan: PlanNode | null,
  conditions: ConditionValues,
  inFetches: ConditionValues,
): PlacedPlan {
  const fetches: PlacedFetch[] = [];

  function placeFetch(node: FetchNode, path: readonly string[]): PlacedStep {
    const document = parse(node.operation, { noLocation: true });
    const definition = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
    const selections: SelectionSetNode = definition?.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] };
    const fetch = { id: fetches.length, node, path, rootKeys: rootKeysOf(selections, document) };
    const renames = renamesOf(node.outputRewrites);
    const marked = { id: fetch.id, document, conditions: inFetches };
    const on = { typeConditions: [], onTypes: node.onTypes };
    markSelection(positionAt(root, path), answeredSelections(node, selections), marked, renames, on);
    fetches.push(fetch);
    return { kind: 'fetch', fetch };
  }

  function placeNode(node: PlanNode | undefined, path: readonly string[]): PlacedStep | null {
    if (node === undefined) return null;
    switch (node.kind) {
      case 'Fetch':
        return placeFetch(node, path);
      case 'Flatten':
        return placeNode(node.node, [...path, ...node.path]);
      case 'Condition':
        return placeNode(conditions.get(node.condition) === true ? node.ifClause : node.elseClause, path);
      case 'Sequence':
      case 'Parallel': {
        const steps = node.nodes.map((one) => placeNode(one, path)).filter((one) => one !== null);
        if (steps.length === 0) return null;
        return { kind: node.kind === 'Sequence' ? 'sequence' : 'parallel', steps };
      }
    }
  }
  return { step: placeNode(plan ?? undefined, []), fetches };
}
