import type { GraphQLSchema } from 'graphql';
import type { PrivateNames } from '../planning/private-names';
import type { FullTypes } from '../supergraph/full-types';
import type { SelectionScope } from './selected-fields';

/** What stays the same while one operation is compiled against one supergraph. */
export interface CompileScope extends SelectionScope {
  readonly apiSchema: GraphQLSchema;
  readonly types: FullTypes;
  readonly names: PrivateNames;
}
