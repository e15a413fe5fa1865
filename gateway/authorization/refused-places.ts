import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A field of an operation that is refused, as it is known before anything is executed. */
export interface RefusedPlace {
  /** Response keys from the root; what is behind a list has no index. */
  readonly path: readonly string[];
  /** Conditions that decide whether it is asked for. */
  readonly conditions: readonly DirectiveNode[];
}

interface RefusedInput {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly refused: ReadonlySet<FieldNode>;
}

/** Places that are told; there may be any number. */
const PLACES_MAX = 50;
/** Selections looked at: a fragment counts again wherever it is used. */
const STEPS_MAX = 20_000;

/** Lists the first places at which something is refused; those with fewer conditions first. */
export function refusedPlaces({ operation, fragments, refused }: RefusedInput): readonly RefusedPlace[] {
  const places: RefusedPlace[] = [];
  let steps = 0;

  function walk(set: SelectionSetNode, path: readonly string[], conditions: readonly DirectiveNode[]): void {
    for (const one of set.selections) {
      if (++steps > STEPS_MAX || places.length >= PLACES_MAX) return;
      const own = (one.directives ?? []).filter(({ name }) => name.value === 'skip' || name.value === 'include');
      const here = own.length === 0 ? conditions : [...conditions, ...own];
      if (one.kind === Kind.FIELD) {
        const below = [...path, (one.alias ?? one.name).value];
        if (refused.has(one)) places.push({ path: below, conditions: here });
        else if (one.selectionSet !== undefined) walk(one.selectionSet, below, here);
        continue;
      }
      const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value);
      if (fragment !== undefined) walk(fragment.selectionSet, path, here);
    }
  }

  walk(operation.selectionSet, [], []);
  return places.sort((a, b) => a.conditions.length - b.conditions.length);
}

/** Whether a place is asked for with these values of variables. */
export function isAskedFor(
  { conditions }: RefusedPlace,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return conditions.every((directive) => {
    const value = directive.arguments?.[0]?.value;
    const isWanted = directive.name.value === 'include';
    if (value?.kind === Kind.BOOLEAN) return value.value === isWanted;
    if (value?.kind !== Kind.VARIABLE) return true;
    const name = value.name.value;
    const given = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (given !== undefined) return (given === true) === isWanted;
    const fallback = variableDefinitions.find(({ variable }) => variable.name.value === name)?.defaultValue;
    return (fallback?.kind === Kind.BOOLEAN && fallback.value) === isWanted;
  });
}
