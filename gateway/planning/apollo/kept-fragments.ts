import { type DirectiveNode, type DocumentNode, Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { fetchesMapped, type Plan } from '../plan';

/**
 * The planner takes away a fragment on an interface that has fragments on its types only: `... on Item { ... on Book { pages } }`
 * becomes `... on Book { pages }`, which says something else where an `@interfaceObject` stands for `Item`. A fragment with a
 * directive that it does not know it leaves where it is.
 */
export interface KeptFragments {
  /** The supergraph with the directive in it. */
  readonly document: DocumentNode;
  readonly directive: DirectiveNode;
  /** The plan without the directive, which no subgraph knows. */
  clean(plan: Plan): Plan;
}

export function keptFragments(supergraph: DocumentNode): KeptFragments {
  const known = new Set(
    supergraph.definitions.map((one) => (one.kind === Kind.DIRECTIVE_DEFINITION ? one.name.value : '')),
  );
  let name = 'hg__kept';
  while (known.has(name)) name += '_';
  const definition = parse(`directive @${name} on INLINE_FRAGMENT`, { noLocation: true });
  return {
    document: { ...supergraph, definitions: [...supergraph.definitions, ...definition.definitions] },
    directive: { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: name } },
    clean: (plan) =>
      fetchesMapped(plan, (fetch) => {
        if (!fetch.operation.includes(`@${name}`)) return fetch;
        const document = visit(parse(fetch.operation, { noLocation: true }), {
          Directive: (node) => (node.name.value === name ? null : undefined),
        });
        return { ...fetch, operation: stripIgnoredCharacters(print(document)) };
      }),
  };
}
