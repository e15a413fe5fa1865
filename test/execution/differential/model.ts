import fc from 'fast-check';
import { ARGUMENT_KINDS, type ArgumentKind } from './inputs';
import type { Items } from './items';

/**
 * A federation as choices. Types and fields are slots that may be empty, so that shrinking takes one away without renaming
 * the others; a number chooses among what there is.
 */
export interface SchemaChoice {
  readonly subgraphs: number;
  readonly types: readonly (TypeChoice | null)[];
  /** Objects of each type. */
  readonly ids: number;
  /** IDs are numbers that a double does not hold. */
  readonly hasLongIds: boolean;
  /** Subgraphs that have the interface Node beside the first, as bits. */
  readonly nodeIn: number;
  readonly hasItem: boolean;
  /** Subgraphs that have the interface Item as an interface object beside the last one, as bits. */
  readonly itemsIn: number;
  readonly itemKeys: Items['keys'];
  /** Whether interface objects of Item have requirements, of one another, too, where there are several. */
  readonly itemsAreDemanding: boolean;
  readonly context: ContextChoice | null;
  readonly hasHiddenColor: boolean;
  readonly hasMutations: boolean;
  /** Label of an override of a field of the interface Node and of all types that have it; null: there is none. */
  readonly mark: (typeof LABELS)[number] | null;
}

/** What can be left out of federations and operations, for a generator that knows less. */
export const FEATURES = [
  'introspection',
  'introspection-in-fragments',
  'marks',
  'numbers',
  'one-of',
  'contexts',
  'context-values-elsewhere',
  'fragments-in-mutations',
  'owners',
  'requirements-of-owners',
  'typenames',
] as const;
type Feature = (typeof FEATURES)[number];
/** Features that are left out. */
export type Without = ReadonlySet<Feature>;
/** What is known to be answered wrongly. */
export const NOT_YET: Without = new Set();

export const CONTEXT_TYPES = ['String', 'Long', '[Int]'] as const;

export interface ContextChoice {
  readonly home: number;
  /** As bits. */
  readonly holders: number;
  readonly valueIn: number;
  readonly type: (typeof CONTEXT_TYPES)[number];
  readonly isByType: boolean;
}

const KEYS = ['id', 'two', 'compound', 'nested', 'mixed', 'number'] as const;

export interface TypeChoice {
  readonly home: number;
  readonly keys: (typeof KEYS)[number];
  /** Subgraphs that have the type beside its home, as bits. */
  readonly presentIn: number;
  /** Subgraphs that only refer to the type, where it has no fields of its own, as bits. */
  readonly stubIn: number;
  /** Subgraphs whose union has the type, as bits. */
  readonly anyIn: number;
  readonly isNode: boolean;
  readonly isItem: boolean;
  readonly isHidden: boolean;
  readonly fields: readonly (FieldChoice | null)[];
}

/** Leaves whose values may be numbers that a double does not hold. */
export const NUMBER_KINDS = ['float', 'long', 'longs', 'ident', 'json'] as const;
export const LEAF_KINDS = ['Int', 'String', 'list', 'matrix', 'color', 'count', ...NUMBER_KINDS] as const;
const KINDS = [...LEAF_KINDS, 'info', 'infos', 'entity', 'entities', 'grid', 'node', 'any', 'item'] as const;
export type Kind = (typeof KINDS)[number];

/** Of progressive overrides. */
export const LABELS = ['next', 'percent(30)'] as const;

export interface FieldChoice {
  readonly home: number;
  readonly kind: Kind;
  readonly isNonNull: boolean;
  readonly isItemNonNull: boolean;
  readonly target: number;
  readonly args: ArgumentKind;
  /** Of the earlier fields of its type. */
  readonly requires: readonly number[];
  readonly sharedWith: number | null;
  readonly overrides: number | null;
  /** Of an override. */
  readonly label: (typeof LABELS)[number] | null;
  /** Of the fields of each possible target that another subgraph owns. */
  readonly provides: number | null;
  readonly isHidden: boolean;
}

/** A selection as choices: what it becomes depends on the type that it meets. */
export interface SelectionChoice {
  readonly pick: number;
  readonly alias: number;
  readonly wrap: number;
  readonly condition: number;
  readonly argument: number;
  /** Where `__typename` is asked for beside it. */
  readonly typename: number;
  readonly children: readonly SelectionChoice[];
}

export interface OperationChoice {
  readonly isMutation: boolean;
  readonly selections: readonly SelectionChoice[];
  readonly fault: Fault;
  /** Labels that hold, as bits. */
  readonly labels: number;
  /** Chooses what of introspection is asked for beside data. */
  readonly introspection: number;
}

/**
 * `errors`: some fields fail, in the subgraph as in the whole schema. `nulls`: some are null, whatever their type says, and
 * the subgraph does not mind. `broken`: whole fetches or single entities fail.
 */
export interface Fault {
  readonly kind: 'none' | 'errors' | 'nulls' | 'broken';
  readonly seed: number;
}

/** Kinds that requirements are made of, or lead through. */
const OFTEN: readonly Kind[] = [
  ...Array.from({ length: 9 }, () => 'String' as const),
  'entity',
  'entities',
  'any',
  'any',
  'node',
  'node',
  'float',
  'long',
];

function contextWithout(context: ContextChoice | null, without: Without): ContextChoice | null {
  if (context === null || without.has('contexts')) return null;
  return without.has('context-values-elsewhere') ? { ...context, valueIn: 0 } : context;
}

/** A federation without what is left out. */
export function schemaWithout(choice: SchemaChoice, without: Without): SchemaChoice {
  const hasNumbers = !without.has('numbers');
  const argumentsOf = (args: ArgumentKind): ArgumentKind =>
    (args === 'numbers' && !hasNumbers) || (args === 'one' && without.has('one-of')) ? 'n' : args;
  const isNumber = (kind: Kind) => NUMBER_KINDS.some((one) => one === kind);
  const fieldOf = (field: FieldChoice): FieldChoice => ({
    ...field,
    args: argumentsOf(field.args),
    kind: isNumber(field.kind) && !hasNumbers ? 'Int' : field.kind,
  });
  const typeOf = (type: TypeChoice): TypeChoice => ({
    ...type,
    keys: type.keys === 'number' && !hasNumbers ? 'id' : type.keys,
    fields: type.fields.map((field) => field && fieldOf(field)),
  });
  return {
    ...choice,
    hasLongIds: choice.hasLongIds && hasNumbers,
    mark: without.has('marks') ? null : choice.mark,
    ...(without.has('owners') ? { itemsIn: 0, itemKeys: 'id' } : {}),
    itemsAreDemanding: choice.itemsAreDemanding && !without.has('requirements-of-owners'),
    context: contextWithout(choice.context, without),
    types: choice.types.map((type) => type && typeOf(type)),
  };
}

/** How many a choice is one of, where it is not said. */
export const CHOICES = 12;
const choice = fc.nat({ max: CHOICES - 1 });
const bits = fc.nat({ max: 15 });
const rarely = fc.integer({ min: 0, max: 7 }).map((value) => value === 7);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });
/** One in four. */
const sometimes = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });

const field: fc.Arbitrary<FieldChoice> = fc.record({
  kind: fc.constantFrom(...KINDS, ...OFTEN),
  home: choice,
  isNonNull: fc.boolean(),
  isItemNonNull: fc.boolean(),
  target: choice,
  args: fc.constantFrom(...ARGUMENT_KINDS),
  requires: fc.oneof(fc.constant([]), fc.array(choice, { minLength: 1, maxLength: 3, size: 'max' })),
  sharedWith: sometimes(choice),
  overrides: sometimes(choice),
  label: sometimes(fc.constantFrom(...LABELS)),
  provides: sometimes(choice),
  isHidden: rarely,
});

const type: fc.Arbitrary<TypeChoice> = fc.record({
  home: choice,
  keys: fc.constantFrom(...KEYS),
  presentIn: bits,
  stubIn: bits,
  anyIn: bits,
  isNode: fc.boolean(),
  isItem: fc.boolean(),
  isHidden: rarely,
  fields: fc.tuple(...Array.from({ length: 7 }, () => maybe(field))),
});

export const schemaChoices: fc.Arbitrary<SchemaChoice> = fc.record({
  types: fc.tuple(...Array.from({ length: 4 }, () => maybe(type))),
  subgraphs: fc.integer({ min: 2, max: 4 }),
  ids: fc.integer({ min: 1, max: 3 }),
  nodeIn: bits,
  hasItem: fc.boolean(),
  itemsIn: bits,
  itemKeys: fc.constantFrom('id', 'two'),
  itemsAreDemanding: fc.boolean(),
  context: fc.option(
    fc.record({
      home: choice,
      holders: bits,
      valueIn: choice,
      type: fc.constantFrom(...CONTEXT_TYPES, 'Long'),
      isByType: fc.boolean(),
    }),
    { freq: 2 },
  ),
  hasLongIds: fc.boolean(),
  hasHiddenColor: fc.boolean(),
  hasMutations: fc.boolean(),
  mark: fc.option(fc.constantFrom(...LABELS), { freq: 2 }),
});

function selection(depth: number): fc.Arbitrary<SelectionChoice> {
  return fc.record({
    children:
      depth === 0 ? fc.constant([]) : fc.array(selection(depth - 1), { minLength: 1, maxLength: 3, size: 'max' }),
    alias: choice,
    wrap: choice,
    condition: choice,
    argument: choice,
    typename: choice,
    pick: fc.nat({ max: 1_000 }),
  });
}

export const operationChoices: fc.Arbitrary<OperationChoice> = fc.record({
  fault: fc.record({
    kind: fc.constantFrom('none', 'none', 'errors', 'nulls', 'broken'),
    seed: fc.nat({ max: 1_000 }),
  }),
  selections: fc.array(selection(3), { minLength: 1, maxLength: 3, size: 'max' }),
  isMutation: rarely,
  labels: fc.nat({ max: 3 }),
  introspection: fc.nat({ max: 15 }),
});
