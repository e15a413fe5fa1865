import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { alternatives, type ObjectShape, type Shape } from '../mapping/shape';
import { meant } from '../model/meant';
import { checkAbstract } from './check-abstract';
import { fieldsProblem, leafProblem, takesAnything } from './check-leaf';
import type { ShapeCheck } from './shape-check';

type One = Exclude<Shape, { kind: 'any' }>;

/** What a mapping gives fits the type that it is declared to answer, as far as its text tells. */
export function checkShape(shape: Shape, type: GraphQLOutputType, check: ShapeCheck): void {
  const nullable = getNullableType(type);
  const all = alternatives(shape);
  if (isNonNullType(type)) checkPresence(all, type, check);
  const others = all.filter((one) => one.kind !== 'list');
  for (const one of all) {
    if (one.kind !== 'list') checkOne(one, nullable, check);
    else if (isListType(nullable)) checkShape(one.of, nullable.ofType, check);
    else if (!takesAnything(nullable)) refuseList(one, nullable, check);
  }
  const named = getNamedType(nullable);
  if (isAbstractType(named) && others.length > 0) checkAbstract(others, named, checkFields, check);
}

function checkOne(one: Exclude<One, { kind: 'list' }>, type: GraphQLOutputType, check: ShapeCheck): void {
  if (isListType(type)) {
    const isOne = one.kind === 'scalar' || (one.kind === 'object' && one.single);
    if (isOne) {
      const what = one.kind === 'scalar' ? 'a single value' : 'one object';
      const message = `${String(type)} is a list, and this gives ${what}: write \`$([ … ])\` around it, or map a list`;
      check.site.refuseInside('SHAPE_MISMATCH', message, check.node, one.offset);
    } else checkOne(one, getNullableType(type.ofType), check);
    return;
  }
  if (isNonNullType(type)) checkOne(one, type.ofType, check);
  else if (one.kind === 'object') checkObject(one, type, check);
  else if (one.kind === 'scalar' || one.kind === 'value') checkValue(one, type, check);
}

function checkValue(one: Extract<One, { kind: 'scalar' | 'value' }>, type: GraphQLNamedType, check: ShapeCheck): void {
  const { site, node } = check;
  if (isCompositeType(type)) {
    const message =
      one.kind === 'value'
        ? `${type.name} has fields: say which, in braces, such as \`path { ${exampleFields(type)} }\``
        : `${type.name} has fields, and this gives a single value: write \`{ ${exampleFields(type)} }\``;
    site.refuseInside('FIELD_NEEDS_SELECTION', message, node, one.offset);
  } else if (one.kind === 'scalar') {
    const message = leafProblem(one, type);
    if (message !== null) site.refuseInside('SHAPE_MISMATCH', message, node, one.offset);
  }
}

function checkObject(object: ObjectShape, type: GraphQLNamedType, check: ShapeCheck): void {
  const { site, node } = check;
  for (const { gives, offset } of object.spreads) {
    const message = `\`...\` spreads the fields of an object, and this gives ${gives}: give it a name, as in \`name: …\``;
    site.refuseInside('SHAPE_MISMATCH', message, node, offset);
  }
  if (!isCompositeType(type)) {
    const message = takesAnything(type) ? null : fieldsProblem(object, type);
    if (message !== null) site.refuseInside('FIELD_TAKES_NO_SELECTION', message, node, object.offset);
    return;
  }
  if (isAbstractType(type)) return;
  checkFields(object, type, check);
}

/** Every field of an object exists on its type, and fits. */
function checkFields(object: ObjectShape, type: GraphQLNamedType, check: ShapeCheck): void {
  const { site, node } = check;
  const known = isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
  for (const [name, { shape, offset }] of object.fields) {
    const field = known[name];
    if (name === '__typename') checkOwnName(shape, type, check);
    else if (field === undefined) {
      const message = `type ${type.name} has no field \`${name}\`${meant(name, Object.keys(known))}${renamed(name, known)}`;
      site.refuseInside('FIELD_UNKNOWN', message, node, offset);
    } else checkShape(shape, field.type, check);
  }
}

function renamed(name: string, known: Readonly<Record<string, unknown>>): string {
  const camel = name.replace(/_+([a-z0-9])/gi, (_all, letter: string) => letter.toUpperCase());
  return camel !== name && Object.hasOwn(known, camel) ? `; for that write \`${camel}: ${name}\`` : '';
}

function checkOwnName(shape: Shape, type: GraphQLNamedType, { site, node }: ShapeCheck): void {
  for (const one of alternatives(shape)) {
    if (!isObjectType(type) || one.kind !== 'scalar' || one.value === undefined || one.value === type.name) continue;
    const message = `objects here are of type ${type.name}, not ${String(one.value)}: take \`__typename\` out`;
    site.refuseInside('TYPENAME_INVALID', message, node, one.offset);
  }
}

function checkPresence(all: readonly One[], type: GraphQLOutputType, { site, node }: ShapeCheck): void {
  const nothing = all.filter(({ kind }) => kind === 'null' || kind === 'absent');
  const [first] = nothing;
  if (first === undefined) return;
  if (nothing.length === all.length) {
    const message = `${String(type)} is never null, and this gives nothing: give it a value, or declare it without \`!\``;
    site.refuseInside('SHAPE_MISMATCH', message, node, first.offset);
    return;
  }
  const how = first.kind === 'null' ? 'null' : 'nothing where no pair of `->match` fits';
  const remedy = first.kind === 'null' ? 'declare it without `!`' : 'end with `[@, …]`, or declare it without `!`';
  const message = `${String(type)} is never null, and this may give ${how}: ${remedy}`;
  site.warnInside('MAY_BE_NULL', message, node, first.offset);
}

function refuseList(one: One, type: GraphQLOutputType, { site, node }: ShapeCheck): void {
  const message = `${String(type)} is no list, and this gives one: write \`->first\` after it, or declare [${String(type)}]`;
  site.refuseInside('SHAPE_MISMATCH', message, node, one.offset);
}

/** A field or two of a type, for what to write. */
function exampleFields(type: GraphQLNamedType): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return '…';
  return Object.keys(type.getFields()).slice(0, 2).join(' ');
}
