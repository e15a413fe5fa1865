import type { Variables } from './argument-values';
import type { CostField, CostSelection } from './cost-tree';
import { ownCost } from './estimated-cost';
import { plus } from './saturating';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * What was selected on one object has cost, by what is there.
 * @param variables as the subgraph got them; asked for where arguments cost something
 */
export function actualCost(
  { fields, fragments, together }: CostSelection,
  object: JsonObject,
  variables: () => Variables,
): number {
  let cost = 0;
  for (const field of fields) cost = plus(cost, fieldCost(field, object, variables));
  if (fragments.length === 0) return cost;
  // Which of them are the object's, its keys say: what is not there costs nothing.
  const each = fragments.map(({ selection }) => actualCost(selection, object, variables));
  let most = 0;
  for (const set of together)
    most = Math.max(
      most,
      set.reduce((sum, index) => plus(sum, each[index] ?? 0), 0),
    );
  return plus(cost, most);
}

function fieldCost(field: CostField, object: JsonObject, variables: () => Variables): number {
  if (!Object.hasOwn(object, field.key)) return 0;
  const found = { count: 0, below: 0 };
  add(field, object[field.key], found, variables);
  return plus(ownCost(field, found.count, field.argumentsCost?.(variables())), found.below);
}

function add(
  field: CostField,
  value: unknown,
  found: { count: number; below: number },
  variables: () => Variables,
): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value) && field.size !== null) {
    for (const one of value) add(field, one, found, variables);
    return;
  }
  found.count += 1;
  if (field.selection !== null && typeof value === 'object')
    found.below = plus(found.below, actualCost(field.selection, value as JsonObject, variables)); // as: an object
}
