import type { Variables } from './argument-values';
import type { CostField, CostSelection } from './cost-tree';
import { plus, times } from './saturating';

/** Finds what is against a directive, while an estimate is made. */
export interface EstimateContext {
  readonly variables: Variables;
  /** Coordinates of fields whose arguments say no size where they have to. */
  readonly invalid: Set<string>;
}

/** What is selected costs for one object, at most. */
export function estimatedCost({ fields, fragments, together }: CostSelection, context: EstimateContext): number {
  let cost = 0;
  for (const field of fields) cost = plus(cost, fieldCost(field, context));
  if (fragments.length === 0) return cost;
  const each = fragments.map(({ isIncluded, selection }) =>
    isIncluded?.(context.variables) === false ? 0 : estimatedCost(selection, context),
  );
  let most = 0;
  for (const set of together)
    most = Math.max(
      most,
      set.reduce((sum, index) => plus(sum, each[index] ?? 0), 0),
    );
  return plus(cost, most);
}

function fieldCost(field: CostField, context: EstimateContext): number {
  const { variables, invalid } = context;
  const count = instances(field, variables);
  if (count === null) return 0;
  if (field.isInvalid.some((isSo) => isSo(variables))) invalid.add(field.coordinate);
  const below = field.selection === null ? 0 : times(count, estimatedCost(field.selection, context));
  return plus(ownCost(field, count, field.argumentsCost?.(variables)), below);
}

/** Without what is selected below; arguments with negative weights make it nothing, but no more than that. */
export function ownCost({ weight }: CostField, count: number, ofArguments = 0): number {
  return Math.max(0, plus(times(count, weight), ofArguments));
}

/** How many values a field has, at most; null: it is left out. */
export function instances({ isIncluded, size }: CostField, variables: Variables): number | null {
  if (isIncluded?.(variables) === false) return null;
  return size === null ? 1 : size(variables);
}
