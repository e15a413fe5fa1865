import { Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { isIntrospection } from '../supergraph/introspection-part';
import type { CompileScope } from './compile-scope';
import { isIncluded } from './conditions';

/** Response keys of fields at the root, and null for the others, by their index among the introspection fields of a document. */
export type AskedIntrospection = ReadonlyMap<number, string | null>;

/** The `__schema` and `__type` fields that an operation asks for, wherever it is at `Query` again. */
export function askedIntrospection(
  operation: OperationDefinitionNode,
  { fragments, conditions, introspected }: CompileScope,
): AskedIntrospection {
  const found = new Map<number, string | null>();
  if (introspected.size === 0) return found;
  const visited = new Set<string>();
  const walk = (set: SelectionSetNode, isRoot: boolean): void => {
    for (const one of set.selections) {
      if (!isIncluded(one.directives, conditions)) continue;
      if (one.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(one.name.value);
        const key = `${isRoot} ${one.name.value}`;
        if (fragment === undefined || visited.has(key)) continue;
        visited.add(key);
        walk(fragment.selectionSet, isRoot);
      } else if (one.kind === Kind.INLINE_FRAGMENT) walk(one.selectionSet, isRoot);
      else if (isIntrospection(one)) {
        const index = introspected.get(one);
        if (index !== undefined) found.set(index, isRoot ? (one.alias ?? one.name).value : (found.get(index) ?? null));
      } else if (one.selectionSet !== undefined) walk(one.selectionSet, false);
    }
  };
  walk(operation.selectionSet, true);
  return found;
}
