import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { contestedKeys } from '../planning/contested-keys';
import { type PrivateNames, privateNames } from '../planning/private-names';
import { type FullTypes, fullTypesOf } from '../supergraph/full-types';
import { introspectionIndexes } from '../supergraph/introspection-part';
import type { Supergraph } from '../supergraph/supergraph';
import { type AnswerShape, NOTHING_REFUSED } from './answer-shape';
import { FetchOperations } from './fetch-operations';
import type { PlaceScope } from './place-fetches';
import type { SelectionScope } from './selected-fields';

/** Scope of the compilation of one operation against one supergraph. */
export interface CompileScope extends SelectionScope, PlaceScope {
  readonly apiSchema: GraphQLSchema;
  readonly types: FullTypes;
  readonly names: PrivateNames;
  /** Indexes of the document's `__schema` and `__type` fields. */
  readonly introspected: ReadonlyMap<FieldNode, number>;
  /** Name of the operation's root type in the API schema; empty when there is none. */
  readonly rootType: string;
  readonly refused: AnswerShape['refused'];
}

/** Scope that all programs of an operation share. */
export type OperationScope = Omit<CompileScope, 'conditions'>;

export interface ScopeInput {
  /** What is planned. */
  readonly planned: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode };
  /** As the client sent it. */
  readonly document: DocumentNode;
  readonly supergraph: Supergraph;
}

export function compileScope({ planned, document, supergraph }: ScopeInput): OperationScope {
  const { operation } = planned;
  const { apiSchema } = supergraph;
  const types = fullTypesOf(supergraph);
  const names = privateNames(types.plannerFields, contestedKeys(planned.document, operation));
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of planned.document.definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  return {
    fragments,
    operations: new FetchOperations(),
    apiSchema,
    types,
    names,
    introspected: introspectionIndexes(document),
    nameOf: (variable) => names.publicName(variable),
    rootType: apiSchema.getRootType(operation.operation)?.name ?? '',
    refused: NOTHING_REFUSED,
    fits(typename, condition) {
      if (typename === condition) return true;
      const abstract = apiSchema.getType(condition);
      const concrete = apiSchema.getType(typename);
      return (
        isAbstractType(abstract) &&
        (isObjectType(concrete) || isInterfaceType(concrete)) &&
        apiSchema.isSubType(abstract, concrete)
      );
    },
  };
}
