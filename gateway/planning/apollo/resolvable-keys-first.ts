import { type ConstDirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

function isUnresolvable(directive: ConstDirectiveNode): boolean {
  return (directive.arguments ?? []).some(
    (argument) =>
      argument.name.value === 'resolvable' && argument.value.kind === Kind.BOOLEAN && argument.value.value === false,
  );
}

/**
 * Puts each type's resolvable `@join__type` entries before the others. The planner takes the first key of a subgraph
 * that it sees, also one with `resolvable: false`, and would then send representations that nobody can resolve.
 */
export function resolvableKeysFirst(supergraph: DocumentNode): DocumentNode {
  const reorder = <Node extends { readonly directives?: readonly ConstDirectiveNode[] }>(node: Node): Node => {
    const directives = node.directives ?? [];
    const unresolvable = directives.filter((one) => one.name.value === 'join__type' && isUnresolvable(one));
    if (unresolvable.length === 0) return node;
    return { ...node, directives: [...directives.filter((one) => !unresolvable.includes(one)), ...unresolvable] };
  };
  return visit(supergraph, {
    ObjectTypeDefinition: (node) => reorder(node),
    InterfaceTypeDefinition: (node) => reorder(node),
  });
}
