import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { isIncluded } from './conditions';
import type { ConditionValues } from './guards';

/** Scope of the selections of one operation. */
export interface SelectionScope {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: ConditionValues;
  /** Whether an object of `typename` satisfies a fragment's type condition, in the schema that clients see. */
  readonly fits: (typename: string, condition: string) => boolean;
}

/** Spec: CollectFields, section 6.3.2. Fields of an object type by response key, in the order of the operation. */
export function selectedFields(
  typename: string,
  selectionSets: readonly SelectionSetNode[],
  scope: SelectionScope,
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (!isIncluded(selection.directives, scope.conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const same = fields.get(key);
        if (same === undefined) fields.set(key, [selection]);
        else same.push(selection);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? scope.fragments.get(selection.name.value) : selection;
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(selection.name.value)) continue;
        visited.add(selection.name.value);
      }
      const condition = fragment?.typeCondition?.name.value;
      if (fragment === undefined || (condition !== undefined && !scope.fits(typename, condition))) continue;
      collect(fragment.selectionSet);
    }
  };
  selectionSets.forEach(collect);
  return fields;
}
