import {
  type GraphQLArgument,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { fieldNames } from '../mapping/shape';
import { argumentKeys } from '../model/assemble';
import { keyPaths, uses } from '../model/entity-keys';
import type { ConnectDirective } from '../model/read-directives';
import type { Place } from './check-variables';

/** An argument that is an input object, named like a field that is an object with the same fields. */
function matchesField(arg: GraphQLArgument, type: GraphQLNamedType): boolean {
  return isObjectType(type) && argumentKeys([arg], type.getFields()).length > 0;
}

/** `entity: true`, `$batch` and connectors on types: each can find its object again. */
export function checkEntity(connect: ConnectDirective, place: Place): void {
  if (place.field !== undefined) checkField(connect, place);
  else checkType(connect, place);
}

function checkField(connect: ConnectDirective, { field, root }: Place): void {
  const { site, application, entity, batch } = connect;
  if (batch !== null) site.refuse('BATCH_INVALID', '`batch` belongs on a connector of a type', batch.node);
  if (!entity || field === undefined) return;
  const type = getNamedType(field.type);
  const strangeInput = field.args.find((arg) => isInputObjectType(getNamedType(arg.type)) && !matchesField(arg, type));
  if (!root || application.typeName === 'Mutation') {
    const message = '`entity: true` belongs on fields of Query: take it out, or put @connect with `$this` on the type';
    site.refuse('ENTITY_INVALID', message, application.node);
  } else if (isListType(getNullableType(field.type))) {
    site.refuse(
      'ENTITY_INVALID',
      '`entity: true` needs a field that answers one object, not a list: take it out, or put @connect with `$batch` on the type',
      application.node,
    );
  } else if (!isObjectType(type)) {
    site.refuse(
      'ENTITY_INVALID',
      '`entity: true` needs a field that answers an object type: take it out',
      application.node,
    );
  } else if (strangeInput !== undefined) {
    const message = `\`entity: true\` finds an object by arguments that are named like its fields, and \`${strangeInput.name}\` is an input object of others: write \`${field.name}(id: ID!)\` with the key's fields as arguments`;
    site.refuse('ENTITY_INVALID', message, application.node);
  } else if (argumentKeys(field.args, type.getFields()).length === 0) {
    const message = `\`entity: true\` finds an object by arguments that are named like its key, and there are none: write \`${field.name}(id: ID!)\`, or take it out`;
    site.refuse('ENTITY_INVALID', message, application.node);
  } else {
    const strangers = field.args.filter((arg) => isRequiredArgument(arg) && type.getFields()[arg.name] === undefined);
    for (const { name } of strangers) {
      const message = `the argument \`${name}\` is no field of ${type.name}, so a key cannot give it: make it optional, or take \`entity: true\` out`;
      site.refuse('ENTITY_INVALID', message, application.node);
    }
  }
}

function checkType(connect: ConnectDirective, { parent, root }: Place): void {
  const { site, application, batch, entity } = connect;
  if (root || !isObjectType(parent)) {
    site.refuse(
      'ENTITY_INVALID',
      '@connect on a type needs an object type that is no root type: put it on the fields',
      application.node,
    );
    return;
  }
  if (entity) {
    const message =
      '`entity: true` belongs on fields of Query, and @connect on a type finds its objects without: take it out';
    site.refuse('ENTITY_INVALID', message, application.node);
  }
  site.needs('v0.2', '@connect on a type', application.node);
  const [byThis, byBatch] = [uses(connect, '$this'), uses(connect, '$batch')];
  if (byThis === byBatch) {
    const message = byThis
      ? 'use either `$this` or `$batch`, not both'
      : 'nothing says which object is meant: use `$this`, as in `GET: "/users/{$this.id}"`, or `$batch`';
    site.refuse(byThis ? 'BATCH_INVALID' : 'ENTITY_INVALID', message, application.node);
  }
  if (batch !== null && !byBatch)
    site.refuse('BATCH_INVALID', '`batch` needs a request that uses `$batch`', batch.node);
  if (batch !== null && (batch.maxSize ?? 1) < 1)
    site.refuse('BATCH_INVALID', '`maxSize` must be 1 or more', batch.node);
  checkBatchKeys(connect, byBatch);
}

/** Rows are told apart by their keys, so the mapping must give them. */
function checkBatchKeys(connect: ConnectDirective, byBatch: boolean): void {
  const { shape } = connect.selection.mapping;
  const given = fieldNames(shape);
  if (!byBatch || given === null) return;
  for (const path of keyPaths(connect, '$batch')) {
    if (given.has(path[0] ?? '')) continue;
    const message = `the selection must give \`${path.join('.')}\`, which \`$batch.${path.join('.')}\` asks for`;
    connect.site.refuseInside('BATCH_INVALID', message, connect.selection.node, shape.offset);
  }
}
