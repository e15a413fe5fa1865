import { type DocumentNode, Kind, parse, visit } from 'graphql';
import { contextArguments, graphNames, joinArgument } from './join-directives';
import type { CompositionProblem } from './supergraph';

function hasArguments(selection: string): boolean {
  let count = 0;
  visit(parse(`{ ${selection} }`, { noLocation: true }), { Argument: () => void count++ });
  return count > 0;
}

/**
 * Contexts that are read from a field with arguments, told when the supergraph is read: the planner would merge that field
 * with the client's own under one response key, and one of them would silently win.
 */
export function unservedFeatures(supergraph: DocumentNode): readonly CompositionProblem[] {
  const subgraphs = new Map([...graphNames(supergraph)].map(([name, graph]) => [graph, name]));
  return supergraph.definitions.flatMap((type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [];
    return (type.fields ?? []).flatMap(({ name: field, directives = [] }) =>
      directives.flatMap((join) => {
        const graph = joinArgument(join, 'graph') ?? '';
        const subgraph = subgraphs.get(graph) ?? graph;
        const place = join.loc?.startToken;
        return contextArguments(join)
          .filter(({ selection }) => hasArguments(selection))
          .map(({ name }) => ({
            subgraph,
            message: `argument ${name} of ${type.name.value}.${field.value} in subgraph ${subgraph} has @fromContext with a field that is given arguments, which this version does not execute; select a field without arguments`,
            code: 'CONTEXT_NOT_SERVED',
            line: place?.line ?? null,
            column: place?.column ?? null,
          }));
      }),
    );
  });
}
