import { type Context, contextOf, hasContextFields } from './contexts';
import { ITEMS_HOME, type Items, isOwner } from './items';
import {
  type FieldChoice,
  type Kind,
  LABELS,
  LEAF_KINDS,
  NUMBER_KINDS,
  type SchemaChoice,
  type TypeChoice,
} from './model';

/** A federation whose every choice is made. Subgraphs are numbers. */
export interface Schema {
  readonly subgraphs: number;
  readonly ids: number;
  readonly hasLongIds: boolean;
  readonly types: readonly Type[];
  /** Subgraphs that have the interface Node; empty when no type has it. */
  readonly nodeIn: readonly number[];
  /** Null when there is no Item. */
  readonly items: Items | null;
  readonly hasHiddenColor: boolean;
  readonly hasMutations: boolean;
  /** A field of Node that one subgraph takes over from another one while a label holds. */
  readonly mark: Mark | null;
  readonly context: Context | null;
}

interface Mark {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface Type {
  readonly name: string;
  readonly keys: TypeChoice['keys'];
  readonly home: number;
  /** Subgraphs that have the type, its home first. */
  readonly presentIn: readonly number[];
  /** Subgraphs that cannot resolve a reference to it. */
  readonly stubIn: readonly number[];
  readonly anyIn: readonly number[];
  readonly isNode: boolean;
  readonly isItem: boolean;
  readonly isHidden: boolean;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly isNonNull: boolean;
  /** Of the elements of a list. */
  readonly isItemNonNull: boolean;
  /** Of an entity, or a list of them. */
  readonly target: string;
  readonly args: FieldChoice['args'];
  readonly owners: readonly number[];
  readonly requires: readonly Requirement[];
  /** Chooses the field of each target that its owner answers although another subgraph owns it. */
  readonly provides: number | null;
  /** Subgraph that still has the field, but is not asked for it any more. */
  readonly overrides: number | null;
  /** While it does not hold, the overridden subgraph is asked; null: there is none. */
  readonly label: string | null;
  readonly isHidden: boolean;
}

/** One field of a `requires`, and what is required below it. */
export interface Requirement {
  readonly field: Field;
  readonly below: readonly Requirement[];
  /** In the place of `below`, where the field leads to a union or an interface: by type. */
  readonly on: ReadonlyMap<string, readonly Requirement[]>;
}

/** Labels that hold for one operation. */
export function labelsOf(bits: number): readonly string[] {
  return LABELS.filter((_, index) => ((bits >> index) & 1) === 1);
}

/** Subgraphs that answer a field. */
export function answerers({ owners, overrides, label }: Field, labels: readonly string[]): readonly number[] {
  return label === null || overrides === null || labels.includes(label) ? owners : [overrides];
}

export function isLeaf({ kind }: Field): boolean {
  return LEAF_KINDS.some((one) => one === kind);
}

export function leadsToEntity({ kind }: Field): boolean {
  return kind === 'entity' || kind === 'entities' || kind === 'grid';
}

export function typeNamed(schema: Pick<Schema, 'types'>, name: string): Type {
  const type = schema.types.find((one) => one.name === name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

export function subgraphsOf({ subgraphs }: Pick<Schema, 'subgraphs'>): number[] {
  return Array.from({ length: subgraphs }, (_, index) => index);
}

function chosen(bits: number, subgraphs: number): number[] {
  return subgraphsOf({ subgraphs }).filter((index) => ((bits >> index) & 1) === 1);
}

export function pickFrom<T>(list: readonly T[], choice: number): T | undefined {
  return list[choice % Math.max(1, list.length)];
}

/** What is known before types are made. */
type Base = Omit<Schema, 'types' | 'context'>;
type Shell = Omit<Type, 'fields' | 'stubIn'> & { readonly choice: TypeChoice };

/** A type without its fields. */
function shell(choice: TypeChoice, slot: number, schema: Base): Shell {
  const { subgraphs, nodeIn, items } = schema;
  const isItem = items !== null && (choice.isItem || slot === 0);
  const isNode = choice.isNode && !(isItem && nodeIn.some((one) => isOwner(items, one)));
  const home = isItem ? ITEMS_HOME : choice.home % subgraphs;
  const present = new Set([home, ...chosen(choice.presentIn, subgraphs), ...(isNode ? nodeIn : [])]);
  if (isItem) for (const owner of items.owners) present.delete(owner);
  return {
    name: `T${slot}`,
    keys: isItem ? items.keys : choice.keys,
    home,
    presentIn: [...present],
    anyIn: chosen(choice.anyIn, subgraphs).filter((index) => present.has(index)),
    isNode,
    isItem,
    // An interface object does not tell the types of its objects: where nothing asks for them, nobody knows what to hide.
    isHidden: choice.isHidden && slot !== 0 && !isItem,
    choice,
  };
}

/** Where a field of this kind can be. */
function possibleHomes(kind: Kind, target: Shell, type: Shell, schema: Base, all: readonly Shell[]) {
  return type.presentIn.filter((index) => {
    if (kind === 'node') return schema.nodeIn.includes(index) && all.some((one) => one.isNode);
    if (kind === 'any') return all.some((one) => one.anyIn.includes(index));
    if (kind === 'item') return index === ITEMS_HOME && schema.items !== null;
    return kind === 'entity' || kind === 'entities' || kind === 'grid' ? target.presentIn.includes(index) : true;
  });
}

function requirementsFor(
  choices: readonly number[],
  home: number,
  earlier: readonly Field[],
  all: ReadonlyMap<string, readonly Field[]>,
  shells: readonly Shell[],
  nodeIn: readonly number[],
): Requirement[] {
  const found = new Map<string, Requirement>();
  // What composes is no longer sure where a label decides who answers.
  const isElsewhere = ({ owners, overrides, label }: Field) =>
    !owners.includes(home) && overrides !== home && label === null;
  const innerOf = (typename: string, choice: number): readonly Requirement[] => {
    const leaves = (all.get(typename) ?? []).filter(
      (one) => isLeaf(one) && isElsewhere(one) && one.requires.length === 0,
    );
    const inner = pickFrom(leaves, choice);
    return inner === undefined ? [] : [{ field: inner, below: [], on: NONE }];
  };
  for (const choice of choices) {
    const elsewhere = earlier.filter(isElsewhere);
    const onTypes = ({ kind }: Field) => {
      const types = membersIn(kind, home, shells, nodeIn).map(({ name }) => [name, innerOf(name, choice)] as const);
      return new Map(types.filter(([, inner]) => inner.length > 0));
    };
    const abstract = elsewhere.filter((one) => onTypes(one).size > 0);
    const numbers = choice % 2 === 1 ? elsewhere.filter(({ kind }) => NUMBER_KINDS.some((one) => one === kind)) : [];
    const rather = choice % 2 === 0 ? abstract : numbers;
    const field = pickFrom(rather.length > 0 ? rather : elsewhere, choice);
    if (field === undefined) continue;
    if (isLeaf(field)) found.set(field.name, { field, below: [], on: NONE });
    const on = onTypes(field);
    if (on.size > 0) found.set(field.name, { field, below: [], on });
    const isHere = shells.some(({ name, presentIn }) => name === field.target && presentIn.includes(home));
    if (!leadsToEntity(field) || !isHere) continue;
    const below = innerOf(field.target, choice);
    if (below.length > 0) found.set(field.name, { field, below, on: NONE });
  }
  return [...found.values()];
}

const NONE: Requirement['on'] = new Map();

/** Types that a subgraph knows as possible ones of the union or interface that a field leads to; none for other kinds. */
export function membersIn<Some extends Pick<Type, 'isNode' | 'anyIn' | 'presentIn'>>(
  kind: Kind,
  subgraph: number,
  types: readonly Some[],
  nodeIn: readonly number[],
): readonly Some[] {
  if (kind === 'any') return types.filter(({ anyIn }) => anyIn.includes(subgraph));
  if (kind !== 'node' || !nodeIn.includes(subgraph)) return [];
  return types.filter(({ isNode, presentIn }) => isNode && presentIn.includes(subgraph));
}

/** What a requirement of an Info always selects. */
export const INFO_PART = 'a';

function fieldsOf(type: Shell, all: readonly Shell[], schema: Base, made: Map<string, Field[]>): Field[] {
  const fields: Field[] = [];
  made.set(type.name, fields);
  for (const [slot, choice] of type.choice.fields.entries()) {
    const target = pickFrom(all, choice?.target ?? 0);
    if (choice === null || target === undefined) continue;
    const { kind } = choice;
    const home = pickFrom(possibleHomes(kind, target, type, schema, all), choice.home);
    if (home === undefined) continue;
    const leaf = LEAF_KINDS.some((one) => one === kind);
    const infoFields = fields.filter((one) => one.kind === 'info' && !one.owners.includes(home));
    const info = pickFrom(infoFields, choice.requires[1] ?? 0);
    const required = kind === 'String' ? requirementsFor(choice.requires, home, fields, made, all, schema.nodeIn) : [];
    if (kind === 'String' && choice.requires.length === 2 && info !== undefined)
      required.push({ field: info, below: [], on: NONE });
    const others = type.presentIn.filter((index) => index !== home);
    const canMove = leaf && kind !== 'count' && required.length === 0;
    const sharedWith = canMove && choice.sharedWith !== null ? pickFrom(others, choice.sharedWith) : undefined;
    const overrides =
      canMove && sharedWith === undefined && choice.overrides !== null ? pickFrom(others, choice.overrides) : undefined;
    fields.push({
      name: `f${slot}`,
      kind,
      isNonNull: choice.isNonNull && required.length === 0,
      isItemNonNull: choice.isItemNonNull,
      target: target.name,
      args: leaf ? choice.args : 'none',
      owners: sharedWith === undefined ? [home] : [home, sharedWith],
      requires: required,
      provides: kind === 'grid' ? null : choice.provides,
      overrides: overrides ?? null,
      label: overrides === undefined ? null : choice.label,
      isHidden: choice.isHidden || (['entity', 'entities', 'grid'].includes(kind) && target.isHidden),
    });
  }
  return fields;
}

function isStub(type: Shell, subgraph: number, fields: readonly Field[]): boolean {
  const { home, isNode, keys, choice } = type;
  const isEmpty = fields.every(({ owners, overrides }) => !owners.includes(subgraph) && overrides !== subgraph);
  return isEmpty && subgraph !== home && !isNode && keys !== 'two' && ((choice.stubIn >> subgraph) & 1) === 1;
}

function itemsOf({ hasItem, itemsIn, itemKeys, itemsAreDemanding, subgraphs }: SchemaChoice): Items | null {
  if (!hasItem) return null;
  const owners = chosen(itemsIn, subgraphs).filter((one) => one !== ITEMS_HOME && one !== subgraphs - 1);
  return { owners: [...owners, subgraphs - 1], keys: itemKeys, areDemanding: itemsAreDemanding };
}

function markOf([from, to]: readonly number[], label: SchemaChoice['mark']): Mark | null {
  return from === undefined || to === undefined || label === null ? null : { from, to, label };
}

export function makeSchema(choices: SchemaChoice): Schema {
  const { subgraphs } = choices;
  const nodeIn = [...new Set([0, ...chosen(choices.nodeIn, subgraphs)])];
  const rest = {
    subgraphs,
    ids: choices.ids,
    hasLongIds: choices.hasLongIds,
    nodeIn,
    mark: markOf(nodeIn, choices.mark),
    items: itemsOf(choices),
    hasHiddenColor: choices.hasHiddenColor,
    hasMutations: choices.hasMutations,
  };
  const slots = choices.types.some((one) => one !== null) ? choices.types : [EMPTY];
  const shells = slots.flatMap((one, slot) => (one === null ? [] : [shell(one, slot, rest)]));
  const hasItem = shells.some(({ isItem, isHidden }) => isItem && !isHidden);
  if (choices.hasItem && !hasItem) return makeSchema({ ...choices, hasItem: false });
  const made = new Map<string, Field[]>();
  const context = contextOf(choices.context, subgraphs, shells);
  const types = shells.map(({ choice, ...type }) => {
    const fields = fieldsOf({ ...type, choice }, shells, rest, made);
    const stubIn = type.presentIn.filter(
      (index) => isStub({ ...type, choice }, index, fields) && !hasContextFields(context, type.name, index),
    );
    return { ...type, fields, stubIn };
  });
  const hasNode = types.some(({ isNode, isHidden }) => isNode && !isHidden);
  if (!hasNode && shells.some(({ isNode }) => isNode))
    return makeSchema({ ...choices, types: choices.types.map((one) => one && { ...one, isNode: false }) });
  return { ...rest, nodeIn: hasNode ? rest.nodeIn : [], mark: hasNode ? rest.mark : null, context, types };
}

const EMPTY: TypeChoice = {
  home: 0,
  keys: 'id',
  presentIn: 0,
  stubIn: 0,
  anyIn: 0,
  isNode: false,
  isItem: false,
  isHidden: false,
  fields: [],
};
