import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import type { FromVariables, VariableNames } from './argument-values';
import type { CostSchema } from './cost-schema';
import { type CostSelection, costTree } from './cost-tree';

export interface FetchText {
  readonly operation: string;
  readonly operationKind: 'query' | 'mutation';
}

interface FetchContext {
  readonly schema: CostSchema;
  readonly names: VariableNames;
  readonly listSize: number;
  readonly entities: FromVariables<number>;
}

/** A change is work beside what it answers. */
export const MUTATION_COST = 10;

/** Compiles what a request to a subgraph selects. */
export function fetchTree({ operation, operationKind }: FetchText, context: FetchContext): CostSelection {
  const { definitions } = parse(operation, { noLocation: true });
  const fragments = new Map<string, FragmentDefinitionNode>();
  let definition: OperationDefinitionNode | undefined;
  for (const one of definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
    if (one.kind === Kind.OPERATION_DEFINITION) definition = one;
  }
  const set = definition?.selectionSet ?? { kind: Kind.SELECTION_SET, selections: [] };
  return costTree(set, [context.schema.rootType(operationKind)], { ...context, fragments });
}
