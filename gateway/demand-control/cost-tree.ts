import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import { argumentsCost } from './argument-costs';
import {
  argumentValues,
  type FromVariables,
  type VariableNames,
  type Variables,
  variableValue,
} from './argument-values';
import type { CostSchema } from './cost-schema';
import { declaredSize } from './list-size';
import { COST_MAX, times } from './saturating';

/** One field of a selection, with all that its cost depends on. */
export interface CostField {
  readonly coordinate: string;
  /** Response key. */
  readonly key: string;
  /** Null: always. */
  readonly isIncluded: FromVariables<boolean> | null;
  /** Of each instance. */
  readonly weight: number;
  /** Of the field, however many instances there are; may be negative. Null: nothing. */
  readonly argumentsCost: FromVariables<number> | null;
  /** Instances, at most; null: it is no list. */
  readonly size: FromVariables<number> | null;
  readonly isInvalid: readonly FromVariables<boolean>[];
  /** Null: it is a leaf. */
  readonly selection: CostSelection | null;
}

/** Fields that every object has, and fragments of which an object has some. */
export interface CostSelection {
  readonly fields: readonly CostField[];
  readonly fragments: readonly CostFragment[];
  /** Sets of fragments, by their indexes, that one object may have at once: an object has one type. */
  readonly together: readonly (readonly number[])[];
}

interface CostFragment {
  readonly isIncluded: FromVariables<boolean> | null;
  readonly selection: CostSelection;
}

export interface TreeContext {
  readonly schema: CostSchema;
  readonly names: VariableNames;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly listSize: number;
  /** Entities that the text is about, at most. */
  readonly entities: FromVariables<number>;
}

/** The root field by which entities are asked for. */
const ENTITIES = '_entities';

/** A size that a field above has for a list below it. */
interface SizedBelow {
  readonly path: readonly string[];
  readonly size: FromVariables<number>;
}

/** Compiles what is selected on objects of some types. */
export function costTree(
  { selections }: SelectionSetNode,
  types: readonly string[],
  context: TreeContext,
): CostSelection {
  return selectionOf(selections, types, [], context);
}

function selectionOf(
  selections: SelectionSetNode['selections'],
  types: readonly string[],
  sized: readonly SizedBelow[],
  context: TreeContext,
): CostSelection {
  const fields: CostField[] = [];
  const fragments: { readonly fragment: CostFragment; readonly fits: ReadonlySet<string> }[] = [];
  for (const one of selections) {
    if (one.kind === Kind.FIELD) {
      if (!one.name.value.startsWith('__')) fields.push(fieldOf(one, types, sized, context));
      continue;
    }
    const named = one.kind === Kind.FRAGMENT_SPREAD ? context.fragments.get(one.name.value) : undefined;
    const set = one.kind === Kind.INLINE_FRAGMENT ? one.selectionSet : named?.selectionSet;
    const condition = (one.kind === Kind.INLINE_FRAGMENT ? one : named)?.typeCondition?.name.value;
    if (set === undefined) continue;
    const narrowed = condition === undefined ? types : [condition];
    fragments.push({
      fragment: {
        isIncluded: inclusionOf(one, context),
        selection: selectionOf(set.selections, narrowed, sized, context),
      },
      fits: context.schema.possibleTypes(narrowed),
    });
  }
  return {
    fields,
    fragments: fragments.map(({ fragment }) => fragment),
    together: togetherOf(
      fragments.map(({ fits }) => fits),
      context.schema.possibleTypes(types),
    ),
  };
}

/** Each set once, without those that are part of a set before them: objects of most types have the same fragments. */
function togetherOf(fits: readonly ReadonlySet<string>[], types: ReadonlySet<string>): readonly (readonly number[])[] {
  if (fits.length === 0) return [];
  const sets = new Map<string, readonly number[]>();
  // Objects of types that nobody names have what is for all.
  for (const type of new Set([...types, ...fits.flatMap((one) => [...one])])) {
    const set = fits.flatMap((one, index) => (one.has(type) ? [index] : []));
    if (set.length > 0) sets.set(set.join(), set);
  }
  return [...sets.values()];
}

function fieldOf(
  node: FieldNode,
  parents: readonly string[],
  sized: readonly SizedBelow[],
  context: TreeContext,
): CostField {
  const { schema, names } = context;
  const name = node.name.value;
  if (name === ENTITIES) return entitiesField(node, context);
  const { type, weight, listSizes } = schema.field(parents, name, node.selectionSet === undefined);
  const given = argumentValues(node, names);
  const defaultOf = (argument: string) => schema.argumentDefault(parents, name, argument);
  const declared = listSizes.map((directive) => {
    const { size, isInvalid } = declaredSize(directive, { given, defaultOf, listSize: context.listSize });
    return { directive, size, isInvalid };
  });
  const below = declared.flatMap(({ directive, size }) => directive.sizedFields.map((path) => ({ path, size })));
  const handedOn = sized.flatMap(({ path: [first, ...path], size }) =>
    first === name && path.length > 0 ? [{ path, size }] : [],
  );
  const ofAbove = sized.filter(({ path }) => path.length === 1 && path[0] === name);
  const own = declared.filter(({ directive }) => directive.sizedFields.length === 0);
  const lists = type?.lists ?? 0;
  return {
    coordinate: `${parents[0] ?? ''}.${name}`,
    key: (node.alias ?? node.name).value,
    isIncluded: inclusionOf(node, context),
    weight,
    argumentsCost: argumentsCost(parents, name, given, schema),
    size: lists === 0 ? null : sizeOf(ofAbove.length > 0 ? ofAbove : own, lists, context.listSize),
    isInvalid: declared.flatMap(({ isInvalid }) => isInvalid ?? []),
    selection:
      node.selectionSet === undefined
        ? null
        : selectionOf(node.selectionSet.selections, type === null ? [] : [type.name], [...below, ...handedOn], context),
  };
}

function entitiesField(node: FieldNode, context: TreeContext): CostField {
  const selections = node.selectionSet?.selections ?? [];
  const types = selections.flatMap((one) => {
    if (one.kind === Kind.FIELD) return [];
    const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : context.fragments.get(one.name.value);
    return fragment?.typeCondition?.name.value ?? [];
  });
  const selection = selectionOf(selections, types, [], context);
  return {
    coordinate: ENTITIES,
    key: (node.alias ?? node.name).value,
    // Nobody asks for entities of which nothing is wanted.
    isIncluded: (variables) => asksForAny(selection, variables),
    weight: context.schema.objectWeight(types),
    argumentsCost: null,
    size: context.entities,
    isInvalid: [],
    selection,
  };
}

function asksForAny({ fields, fragments }: CostSelection, variables: Variables): boolean {
  const isIn = ({ isIncluded }: CostField | CostFragment) => isIncluded?.(variables) !== false;
  return fields.some(isIn) || fragments.some((one) => isIn(one) && asksForAny(one.selection, variables));
}

/** What is said is about the outermost list. */
function sizeOf(
  said: readonly { readonly size: FromVariables<number> }[],
  lists: number,
  listSize: number,
): FromVariables<number> {
  const inner = Math.min(COST_MAX, listSize ** (lists - 1));
  const [only] = said;
  if (only === undefined) return () => times(listSize, inner);
  if (said.length === 1) return (variables) => times(only.size(variables), inner);
  return (variables) => times(Math.max(...said.map(({ size }) => size(variables))), inner);
}

/** Null: always. */
function inclusionOf(
  { directives = [] }: SelectionSetNode['selections'][number],
  { names }: TreeContext,
): FromVariables<boolean> | null {
  const conditions = directives.flatMap(({ name, arguments: [given] = [] }) => {
    if ((name.value !== 'skip' && name.value !== 'include') || given === undefined) return [];
    const isWanted = name.value === 'include';
    const { value } = given;
    if (value.kind === Kind.VARIABLE) {
      const valueIn = variableValue(value.name.value, names);
      return [(variables: Parameters<typeof valueIn>[0]) => valueIn(variables) === isWanted];
    }
    const isSo = (value.kind === Kind.BOOLEAN && value.value) === isWanted;
    return [() => isSo];
  });
  if (conditions.length === 0) return null;
  return (variables) => conditions.every((holds) => holds(variables));
}
