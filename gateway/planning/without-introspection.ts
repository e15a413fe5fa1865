import { type DocumentNode, type FieldNode, Kind, visit } from 'graphql';
import { isIntrospection } from '../supergraph/introspection-part';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** Names of the fragments that operations spread, and those that these spread. */
function reachedFragments({ definitions }: DocumentNode): ReadonlySet<string> {
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
  );
  const reached = new Set<string>();
  const search = (definition: (typeof definitions)[number]): void => {
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || reached.has(name.value)) return;
        reached.add(name.value);
        search(fragment);
      },
    });
  };
  for (const one of definitions) if (one.kind === Kind.OPERATION_DEFINITION) search(one);
  return reached;
}

/**
 * A copy of a document without `__schema` and `__type`, which no subgraph is asked for and the planner has its own, older
 * notion of; an object that nothing else is asked of has `__typename` instead.
 */
export function withoutIntrospection(document: DocumentNode): DocumentNode {
  let found = false;
  const plain: DocumentNode = visit(document, {
    Field(node) {
      if (!isIntrospection(node)) return undefined;
      found = true;
      return null;
    },
    SelectionSet: { leave: (set) => (set.selections.length === 0 ? { ...set, selections: [TYPENAME] } : undefined) },
  });
  if (!found) return document;
  const reached = reachedFragments(plain);
  const definitions = plain.definitions.filter(
    (one) => one.kind !== Kind.FRAGMENT_DEFINITION || reached.has(one.name.value),
  );
  return { ...plain, definitions };
}
