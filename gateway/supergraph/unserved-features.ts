import { type DocumentNode, Kind } from 'graphql';
import { graphNames, joinArgument } from './join-directives';
import type { CompositionProblem } from './supergraph';

/** Fields that need `@context`/`@fromContext`, which the executor does not run: told when the supergraph is read. */
export function unservedFeatures(supergraph: DocumentNode): readonly CompositionProblem[] {
  const subgraphs = new Map([...graphNames(supergraph)].map(([name, graph]) => [graph, name]));
  return supergraph.definitions.flatMap((type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [];
    return (type.fields ?? []).flatMap(({ name, directives = [] }) =>
      directives
        .filter((one) => one.arguments?.some((argument) => argument.name.value === 'contextArguments'))
        .map((join) => {
          const graph = joinArgument(join, 'graph') ?? '';
          const subgraph = subgraphs.get(graph) ?? graph;
          const field = `${type.name.value}.${name.value}`;
          const message = `${field} of subgraph ${subgraph} has an argument with @fromContext, which this version does not execute; pass the value as an ordinary argument or with @requires`;
          const place = join.loc?.startToken;
          return {
            subgraph,
            message,
            code: 'CONTEXT_NOT_SERVED',
            line: place?.line ?? null,
            column: place?.column ?? null,
          };
        }),
    );
  });
}
