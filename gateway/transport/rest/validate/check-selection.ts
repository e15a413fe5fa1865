import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import type { Shape } from '../mapping/shape';
import type { ConnectDirective } from '../model/read-directives';

/** Every field of a selection exists on the type it answers, and has braces where and only where it is an object. */
export function checkSelection(connect: ConnectDirective, type: GraphQLNamedType, schema: GraphQLSchema): void {
  checkShape(connect.selection.mapping.shape, type, { connect, schema });
}

interface Check {
  readonly connect: ConnectDirective;
  readonly schema: GraphQLSchema;
}

function checkShape(shape: Shape, type: GraphQLNamedType, check: Check): void {
  const { site, selection } = check.connect;
  if (!isCompositeType(type)) {
    const plain = isEnumType(type) || isSpecifiedScalarType(type);
    if (shape.kind !== 'object' || !plain) return;
    const message = `${type.name} is a single value: it takes a path, not fields`;
    site.refuseInside('FIELD_TAKES_NO_SELECTION', message, selection.node, shape.offset);
    return;
  }
  if (shape.kind === 'value') {
    const message = `${type.name} has fields: say which, in braces`;
    site.refuseInside('FIELD_NEEDS_SELECTION', message, selection.node, shape.offset);
  }
  if (shape.kind !== 'object') return;
  for (const [name, field] of shape.fields) {
    if (name === '__typename') continue;
    const target = fieldType(type, name, check.schema);
    if (target === null) {
      const message = `type ${type.name} has no field \`${name}\``;
      site.refuseInside('FIELD_UNKNOWN', message, selection.node, field.offset);
    } else checkShape(field.shape, target, check);
  }
}

/** The type of a field, for an abstract type that of any possible type that has it; null when there is none. */
function fieldType(type: GraphQLNamedType, name: string, schema: GraphQLSchema): GraphQLNamedType | null {
  const owners = isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
  for (const owner of owners) {
    const field = isObjectType(owner) || isInterfaceType(owner) ? owner.getFields()[name] : undefined;
    if (field !== undefined) return getNamedType(field.type);
  }
  return null;
}
