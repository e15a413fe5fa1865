import { type GraphQLAbstractType, type GraphQLNamedType, isInterfaceType } from 'graphql';
import { alternatives, type ObjectShape, type Shape } from '../mapping/shape';
import { meant } from '../model/meant';
import type { ShapeCheck } from './shape-check';

/**
 * Every object of a union or an interface says of which type it is, by a literal `__typename`; its fields are those of that
 * type; and every type has a way to come about.
 */
export function checkAbstract(
  all: readonly Shape[],
  type: GraphQLAbstractType,
  checkFields: CheckFields,
  check: ShapeCheck,
): void {
  const { site, schema, node } = check;
  const kind = isInterfaceType(type) ? 'an interface' : 'a union';
  if (!site.has('v0.4')) {
    const instead = 'declare one object type with the fields of all, none of them with `!`';
    const [first] = all;
    if (first !== undefined)
      site.needsInside('v0.4', `a mapping to ${kind} (${type.name})`, node, first.offset, instead);
    return;
  }
  const members = schema.getPossibleTypes(type).map(({ name }) => name);
  const objects = all.filter(isObject);
  const abstract: AbstractCheck = { ...check, checkFields, members, abstract: `${type.name} is ${kind}` };
  const named = objects.flatMap((object) => checkNamed(object, abstract));
  checkUnnamed(objects, abstract);
  if (objects.length === 0 || objects.some(({ open }) => open) || named.length === 0) return;
  for (const missing of members.filter((name) => !named.includes(name))) {
    const message = `${type.name} may be a ${missing}, and no \`->match\` gives one: add \`["…", { __typename: "${missing}" … }]\`, or take ${missing} out of ${type.name}`;
    site.refuseInside('TYPENAME_INVALID', message, node, objects[0]?.offset ?? 0);
  }
}

/** Looks at the fields of an object that is of a type. */
type CheckFields = (object: ObjectShape, type: GraphQLNamedType, check: ShapeCheck) => void;

function isObject(shape: Shape): shape is ObjectShape {
  return shape.kind === 'object';
}

interface AbstractCheck extends ShapeCheck {
  readonly checkFields: CheckFields;
  /** `Media is a union`. */
  readonly abstract: string;
  /** Names of its types. */
  readonly members: readonly string[];
}

function example({ members }: AbstractCheck): string {
  return `\`... kind->match(["…", { __typename: "${members[0] ?? 'Type'}" … }], [@, null])\``;
}

/** Objects that do not say of which type they are. */
function checkUnnamed(objects: readonly ObjectShape[], check: AbstractCheck): void {
  const { site, node, abstract } = check;
  const unnamed = objects.filter(({ fields, open }) => !fields.has('__typename') && !open);
  const [first] = unnamed;
  if (first === undefined) return;
  if (unnamed.length === objects.length) {
    const message = `${abstract}, and this does not say which type an object is of: write ${example(check)}`;
    site.refuseInside('TYPENAME_INVALID', message, node, first.offset);
  } else {
    const message = `${abstract}, and what no pair of \`->match\` fits is of no type: end with \`[@, null]\``;
    site.warnInside('MAY_BE_NULL', message, node, first.offset);
  }
}

/** The types that an object says to be of. */
function checkNamed(object: ObjectShape, check: AbstractCheck): readonly string[] {
  const { site, node, schema, abstract, members } = check;
  const names: string[] = [];
  const given = object.fields.get('__typename')?.shape;
  for (const one of given === undefined ? [] : alternatives(given)) {
    if (one.kind === 'null' || one.kind === 'absent') continue;
    if (one.kind !== 'scalar' || typeof one.value !== 'string') {
      const message = `\`__typename\` must be a text in the mapping itself, not taken from the data: write ${example(check)}`;
      site.refuseInside('TYPENAME_INVALID', message, node, one.offset);
    } else if (members.includes(one.value)) names.push(one.value);
    else {
      const message = `${abstract}, and \`${one.value}\` is none of its types${meant(one.value, members)}; they are ${members.join(', ')}`;
      site.refuseInside('TYPENAME_INVALID', message, node, one.offset);
    }
  }
  for (const name of names) {
    const type = schema.getType(name);
    if (type !== undefined) check.checkFields(withoutName(object), type, check);
  }
  return names;
}

function withoutName(object: ObjectShape): ObjectShape {
  return { ...object, fields: new Map([...object.fields].filter(([name]) => name !== '__typename')) };
}
