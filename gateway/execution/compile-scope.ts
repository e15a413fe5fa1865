import type { GraphQLSchema } from 'graphql';
import type { FullTypes } from '../supergraph/full-types';
import type { SelectionScope } from './selected-fields';

/** What stays the same while one operation is compiled against one supergraph. */
export interface CompileScope extends SelectionScope {
  readonly apiSchema: GraphQLSchema;
  readonly types: FullTypes;
}
