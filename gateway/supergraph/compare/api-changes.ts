import { isDeepStrictEqual } from 'node:util';
import {
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLUnionType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql';
import { inputMention, literalOf, mentionOf } from './mentions';

/** `dangerous`: no operation becomes wrong, and a client may meet what it has not met before. */
type Criticality = 'breaking' | 'dangerous' | 'safe';

/** One difference between what clients could ask for and what they can. */
export interface ApiChange {
  readonly criticality: Criticality;
  /** One of few words in capitals, `FIELD_REMOVED`. */
  readonly kind: string;
  /** `Product.price`, `Query.product(id:)`, `Size.LARGE`, `@tag`. */
  readonly coordinate: string;
  /** For people; begins with the coordinate. */
  readonly message: string;
  /** Operations with one of these mentions notice it; see `mentions.ts`. */
  readonly noticedBy: readonly string[];
  /** True: of those, the ones that are not valid any more. */
  readonly ifInvalid: boolean;
}

type Found = ApiChange[];
type Fields = GraphQLObjectType | GraphQLInterfaceType;

/** Lists what changes for clients between two API schemas, in the order of the types' names. */
export function apiChanges(before: GraphQLSchema, after: GraphQLSchema): readonly ApiChange[] {
  const found: Found = [];
  const [old, next] = [before.getTypeMap(), after.getTypeMap()];
  for (const name of namesOf(old, next)) {
    const [from, to] = [old[name], next[name]];
    if (from !== undefined && (isIntrospectionType(from) || isSpecifiedScalarType(from))) continue;
    if (from === undefined) {
      if (to !== undefined && !isSpecifiedScalarType(to)) tell(found, 'safe', 'TYPE_ADDED', name, 'is new', []);
    } else if (to === undefined)
      tell(found, 'breaking', 'TYPE_REMOVED', name, 'was removed', [mentionOf(name), inputMention(name)]);
    else compareTypes(found, from, to);
  }
  compareDirectives(found, before, after);
  return found;
}

function tell(
  found: Found,
  criticality: Criticality,
  kind: string,
  coordinate: string,
  what: string,
  noticedBy: readonly string[],
  ifInvalid = false,
): void {
  found.push({ criticality, kind, coordinate, message: `${coordinate} ${what}`, noticedBy, ifInvalid });
}

function namesOf(a: object, b: object): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function compareTypes(found: Found, from: GraphQLNamedType, to: GraphQLNamedType): void {
  const { name } = from;
  if (isObjectType(from) && isObjectType(to)) compareFieldsOf(found, from, to);
  else if (isInterfaceType(from) && isInterfaceType(to)) compareFieldsOf(found, from, to);
  else if (isUnionType(from) && isUnionType(to)) compareMembers(found, from, to);
  else if (isEnumType(from) && isEnumType(to)) compareValues(found, from, to);
  else if (isInputObjectType(from) && isInputObjectType(to)) compareInputs(found, from, to);
  else if (from.constructor !== to.constructor)
    tell(found, 'breaking', 'TYPE_CHANGED_KIND', name, `was ${kindOf(from)} and is ${kindOf(to)}`, [
      mentionOf(name),
      inputMention(name),
    ]);
}

function kindOf(type: GraphQLNamedType): string {
  if (isObjectType(type)) return 'an object type';
  if (isInterfaceType(type)) return 'an interface';
  if (isUnionType(type)) return 'a union';
  if (isEnumType(type)) return 'an enum';
  return isInputObjectType(type) ? 'an input type' : 'a scalar';
}

function compareFieldsOf(found: Found, from: Fields, to: Fields): void {
  compareInterfaces(found, from, to);
  const [old, next] = [from.getFields(), to.getFields()];
  for (const name of namesOf(old, next)) {
    const coordinate = `${from.name}.${name}`;
    const [a, b] = [old[name], next[name]];
    if (b === undefined) tell(found, 'breaking', 'FIELD_REMOVED', coordinate, 'was removed', [coordinate]);
    else if (a === undefined) tell(found, 'safe', 'FIELD_ADDED', coordinate, 'is new', []);
    else compareFields(found, coordinate, a, b);
  }
}

function compareInterfaces(found: Found, from: Fields, to: Fields): void {
  const [old, next] = [from, to].map((type) => new Set(type.getInterfaces().map(({ name }) => name)));
  for (const name of old ?? []) {
    if (next?.has(name) === true) continue;
    tell(found, 'breaking', 'INTERFACE_REMOVED', from.name, `is no ${name} any more`, [mentionOf(name)], true);
  }
  for (const name of next ?? [])
    if (old?.has(name) === false)
      tell(found, 'dangerous', 'INTERFACE_ADDED', from.name, `is a ${name} as well`, [mentionOf(name)]);
}

function compareFields(
  found: Found,
  coordinate: string,
  from: GraphQLField<unknown, unknown>,
  to: GraphQLField<unknown, unknown>,
): void {
  const [old, next] = [`${from.type}`, `${to.type}`];
  if (old !== next) {
    const criticality = givesAll(from.type, to.type) ? 'safe' : 'breaking';
    tell(found, criticality, 'FIELD_CHANGED_TYPE', coordinate, `was ${old} and is ${next}`, [coordinate]);
  }
  compareDeprecation(found, coordinate, from, to);
  for (const argument of from.args)
    compareArguments(
      found,
      coordinate,
      argument,
      to.args.find(({ name }) => name === argument.name),
    );
  for (const argument of to.args) {
    if (from.args.some(({ name }) => name === argument.name)) continue;
    const own = `${coordinate}(${argument.name}:)`;
    if (isRequiredArgument(argument))
      tell(found, 'breaking', 'REQUIRED_ARGUMENT_ADDED', own, 'is new and has to be given', [coordinate]);
    else tell(found, 'safe', 'ARGUMENT_ADDED', own, 'is new', []);
  }
}

function compareDeprecation(
  found: Found,
  coordinate: string,
  from: { readonly deprecationReason?: string | null | undefined },
  to: { readonly deprecationReason?: string | null | undefined },
): void {
  const [old, next] = [from.deprecationReason ?? null, to.deprecationReason ?? null];
  if (old === null && next !== null) tell(found, 'safe', 'DEPRECATED', coordinate, `is deprecated: ${next}`, []);
  if (old !== null && next === null)
    tell(found, 'safe', 'NOT_DEPRECATED', coordinate, 'is not deprecated any more', []);
}

function compareArguments(found: Found, field: string, from: GraphQLArgument, to: GraphQLArgument | undefined): void {
  const coordinate = `${field}(${from.name}:)`;
  if (to === undefined) {
    tell(found, 'breaking', 'ARGUMENT_REMOVED', coordinate, 'was removed', [coordinate]);
    return;
  }
  const [old, next] = [`${from.type}`, `${to.type}`];
  // Whoever leaves it out notices as well, where it has to be given now.
  const isDemanded = !isRequiredArgument(from) && isRequiredArgument(to);
  if (old !== next) {
    const criticality = takesAll(from.type, to.type) ? 'safe' : 'breaking';
    const noticedBy = [isDemanded ? field : coordinate];
    tell(found, criticality, 'ARGUMENT_CHANGED_TYPE', coordinate, `was ${old} and is ${next}`, noticedBy);
  } else if (isDemanded)
    tell(found, 'breaking', 'ARGUMENT_DEFAULT_REMOVED', coordinate, 'has no default any more, and has to be given', [
      field,
    ]);
  else if (!isDeepStrictEqual(from.defaultValue, to.defaultValue))
    tell(found, 'dangerous', 'ARGUMENT_CHANGED_DEFAULT', coordinate, 'has another default', [field]);
}

function compareMembers(found: Found, from: GraphQLUnionType, to: GraphQLUnionType): void {
  const [old, next] = [from, to].map((type) => new Set(type.getTypes().map(({ name }) => name)));
  for (const name of old ?? [])
    if (next?.has(name) === false)
      tell(found, 'breaking', 'MEMBER_REMOVED', from.name, `has no ${name} any more`, [mentionOf(from.name)], true);
  for (const name of next ?? [])
    if (old?.has(name) === false)
      tell(found, 'dangerous', 'MEMBER_ADDED', from.name, `may be a ${name}`, [mentionOf(from.name)]);
}

function compareValues(found: Found, from: GraphQLEnumType, to: GraphQLEnumType): void {
  for (const value of from.getValues()) {
    const coordinate = `${from.name}.${value.name}`;
    const next = to.getValue(value.name);
    if (next == null) {
      const noticedBy = [coordinate, inputMention(from.name)];
      tell(found, 'breaking', 'VALUE_REMOVED', coordinate, 'was removed', noticedBy);
    } else compareDeprecation(found, coordinate, value, next);
  }
  for (const { name } of to.getValues())
    if (from.getValue(name) == null)
      tell(found, 'dangerous', 'VALUE_ADDED', `${from.name}.${name}`, 'is new', [mentionOf(from.name)]);
}

function compareInputs(found: Found, from: GraphQLInputObjectType, to: GraphQLInputObjectType): void {
  const [old, next] = [from.getFields(), to.getFields()];
  const anyUse = [literalOf(from.name), inputMention(from.name)];
  if (from.isOneOf !== to.isOneOf)
    tell(
      found,
      to.isOneOf ? 'breaking' : 'safe',
      'INPUT_CHANGED_ONE_OF',
      from.name,
      to.isOneOf ? 'takes one field only' : 'takes several fields',
      anyUse,
    );
  for (const name of namesOf(old, next)) {
    const coordinate = `${from.name}.${name}`;
    const [a, b] = [old[name], next[name]];
    const uses = [coordinate, inputMention(from.name)];
    if (b === undefined) tell(found, 'breaking', 'INPUT_FIELD_REMOVED', coordinate, 'was removed', uses);
    else if (a === undefined) {
      if (isRequiredInputField(b))
        tell(found, 'breaking', 'REQUIRED_INPUT_FIELD_ADDED', coordinate, 'is new and has to be given', anyUse);
      else tell(found, 'safe', 'INPUT_FIELD_ADDED', coordinate, 'is new', []);
    } else {
      const isDemanded = !isRequiredInputField(a) && isRequiredInputField(b);
      const [was, is] = [`${a.type}`, `${b.type}`];
      if (was !== is) {
        const criticality = takesAll(a.type, b.type) ? 'safe' : 'breaking';
        const noticedBy = isDemanded ? anyUse : uses;
        tell(found, criticality, 'INPUT_FIELD_CHANGED_TYPE', coordinate, `was ${was} and is ${is}`, noticedBy);
      } else if (isDemanded)
        tell(found, 'breaking', 'INPUT_FIELD_DEFAULT_REMOVED', coordinate, 'has to be given', anyUse);
      else if (!isDeepStrictEqual(a.defaultValue, b.defaultValue))
        tell(found, 'dangerous', 'INPUT_FIELD_CHANGED_DEFAULT', coordinate, 'has another default', anyUse);
      compareDeprecation(found, coordinate, a, b);
    }
  }
}

function compareDirectives(found: Found, before: GraphQLSchema, after: GraphQLSchema): void {
  for (const directive of before.getDirectives()) {
    if (isSpecifiedDirective(directive)) continue;
    const coordinate = `@${directive.name}`;
    const next = after.getDirective(directive.name);
    if (next == null) tell(found, 'breaking', 'DIRECTIVE_REMOVED', coordinate, 'was removed', [coordinate]);
    else if (directive.locations.some((one) => !next.locations.includes(one)))
      tell(found, 'breaking', 'DIRECTIVE_LOCATION_REMOVED', coordinate, 'has fewer places', [coordinate], true);
    else if (next.args.length !== directive.args.length || next.args.some((one) => isRequiredArgument(one)))
      tell(found, 'breaking', 'DIRECTIVE_CHANGED_ARGUMENTS', coordinate, 'has other arguments', [coordinate], true);
  }
}

/** Whether all that the new type may answer is what readers of the old one expect. */
function givesAll(old: GraphQLOutputType, next: GraphQLOutputType): boolean {
  if (isNonNullType(old)) return isNonNullType(next) && givesAll(old.ofType, next.ofType);
  if (isNonNullType(next)) return givesAll(old, next.ofType);
  if (isListType(old)) return isListType(next) && givesAll(old.ofType, next.ofType);
  return !isListType(next) && old.name === next.name;
}

/** Whether the new type takes all that the old one took. */
function takesAll(old: GraphQLInputType, next: GraphQLInputType): boolean {
  if (isNonNullType(next)) return isNonNullType(old) && takesAll(old.ofType, next.ofType);
  if (isNonNullType(old)) return takesAll(old.ofType, next);
  // One value stands for a list of it; a variable does not.
  if (isListType(old)) return isListType(next) && takesAll(old.ofType, next.ofType);
  return !isListType(next) && old.name === next.name;
}
