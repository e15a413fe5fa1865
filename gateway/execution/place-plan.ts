import type { OperationDefinitionNode } from 'graphql';
import { type FetchNode, fetchesMapped, type PlanNode } from '../planning/plan';
import type { CompileScope } from './compile-scope';
import { inNeededOrder } from './needed-order';
import { maySelectTooMuch, neededSelections } from './needed-selections';
import { type Placed, placeFetches } from './place-fetches';
import { Position, settlePositions } from './position';
import { unmetRequirements } from './unmet-requirements';

/** Places a plan as it is. */
export function placeOnce(node: PlanNode | null, scope: CompileScope): Placed {
  const root = new Position();
  const placed = placeFetches(root, node, scope);
  settlePositions(root);
  return { root, placed };
}

/** The plan with something else in the place of some fetches. */
export function changed(whole: PlanNode | null, changes: ReadonlyMap<FetchNode, PlanNode>): PlanNode | null {
  return fetchesMapped({ node: whole }, (fetch) => changes.get(fetch) ?? fetch).node;
}

/**
 * Places a plan for one combination of conditions: without fetches that nobody needs under it, with entity fetches taken
 * apart as far as some objects lack what others have, each behind those that it needs.
 */
export function placePlan(plan: PlanNode | null, operation: OperationDefinitionNode, scope: CompileScope): Placed {
  let node = plan;
  let result = placeOnce(node, scope);
  if (maySelectTooMuch(result.placed, result.root, scope)) {
    const needed = neededSelections(result.placed, result.root, operation.selectionSet, scope);
    if (needed.size > 0) {
      node = changed(node, needed);
      result = placeOnce(node, scope);
    }
  }
  // What is not asked for is missing for those that require it in turn.
  for (let round = result.placed.fetches.length; round > 0; round--) {
    const changes = unmetRequirements(result, operation, scope);
    if (changes.size === 0) break;
    node = changed(node, changes);
    result = placeOnce(node, scope);
  }
  const ordered = inNeededOrder(result.placed, result.root, scope.types);
  return ordered === null ? result : placeOnce(ordered, scope);
}
