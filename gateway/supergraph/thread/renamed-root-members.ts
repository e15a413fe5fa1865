import { type DocumentNode, Kind } from 'graphql';
import type { CompositionProblem } from '../supergraph';

const STANDARD = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** Members of unions that are root types under other names (`query_root`), which the composer renames but there. */
export function renamedRootMembersIn(document: DocumentNode): readonly Omit<CompositionProblem, 'subgraph'>[] {
  const renamed = new Map<string, string>();
  for (const one of document.definitions)
    if (one.kind === Kind.SCHEMA_DEFINITION || one.kind === Kind.SCHEMA_EXTENSION)
      for (const { operation, type } of one.operationTypes ?? [])
        if (type.name.value !== STANDARD[operation]) renamed.set(type.name.value, STANDARD[operation]);
  return document.definitions.flatMap((union) => {
    if (union.kind !== Kind.UNION_TYPE_DEFINITION && union.kind !== Kind.UNION_TYPE_EXTENSION) return [];
    return (union.types ?? []).flatMap(({ name, loc }) => {
      const standard = renamed.get(name.value);
      if (standard === undefined) return [];
      const message = `union ${union.name.value} has the root type ${name.value} as a member, which cannot be composed under that name; call the type ${standard}, or take it out of the union`;
      const line = loc?.startToken.line ?? null;
      return [{ code: 'ROOT_TYPE_IN_UNION', message, line, column: loc?.startToken.column ?? null }];
    });
  });
}
