import { GraphQLList, type GraphQLOutputType, type GraphQLSchema, isObjectType } from 'graphql';
import { uses } from '../model/entity-keys';
import type { ConnectDirective } from '../model/read-directives';
import { checkShape } from './check-shape';
import type { Place } from './check-variables';

/** What a connector's selection gives fits what its field, or its type, is declared to be. */
export function checkSelection(connect: ConnectDirective, place: Place, schema: GraphQLSchema): void {
  const type = answered(connect, place);
  const { site, selection } = connect;
  if (type !== null) checkShape(selection.mapping.shape, type, { site, schema, node: selection.node });
}

function answered(connect: ConnectDirective, { field, parent }: Place): GraphQLOutputType | null {
  if (field !== undefined) return field.type;
  if (!isObjectType(parent)) return null;
  return uses(connect, '$batch') ? new GraphQLList(parent) : parent;
}
