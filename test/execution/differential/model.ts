import fc from 'fast-check';

/**
 * A federation as choices. Types and fields are slots that may be empty, so that shrinking takes one away without renaming
 * the others; a number chooses among what there is.
 */
export interface SchemaChoice {
  readonly subgraphs: number;
  readonly types: readonly (TypeChoice | null)[];
  /** Objects of each type. */
  readonly ids: number;
  /** Subgraphs that have the interface Node beside the first, as bits. */
  readonly nodeIn: number;
  readonly hasItem: boolean;
  readonly hasHiddenColor: boolean;
  readonly hasMutations: boolean;
  /** Label of an override of a field of the interface Node and of all types that have it; null: there is none. */
  readonly mark: (typeof LABELS)[number] | null;
}

/** What can be left out of federations and operations, for a generator that knows less. */
export const FEATURES = ['introspection', 'introspection-in-fragments', 'marks'] as const;
export type Feature = (typeof FEATURES)[number];
/** Features that are left out. */
export type Without = ReadonlySet<Feature>;
/** What is known to be answered wrongly. */
export const NOT_YET: Without = new Set();

export const KEYS = ['id', 'two', 'compound', 'nested', 'mixed'] as const;

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

export const LEAF_KINDS = ['Int', 'String', 'list', 'matrix', 'color', 'count'] as const;
export const KINDS = [...LEAF_KINDS, 'info', 'infos', 'entity', 'entities', 'grid', 'node', 'any', 'item'] as const;
export type Kind = (typeof KINDS)[number];

/** Of progressive overrides. */
export const LABELS = ['next', 'percent(30)'] as const;

export interface FieldChoice {
  readonly home: number;
  readonly kind: Kind;
  readonly isNonNull: boolean;
  readonly isItemNonNull: boolean;
  readonly target: number;
  readonly args: 'none' | 'n' | 'filter';
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
const OFTEN: readonly Kind[] = ['String', 'String', 'String', 'entity', 'entities', 'any', 'any', 'node', 'node'];

const choice = fc.nat({ max: 11 });
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
  args: fc.constantFrom('none', 'n', 'filter'),
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
  hasHiddenColor: fc.boolean(),
  hasMutations: fc.boolean(),
  mark: fc.option(fc.constantFrom(...LABELS), { freq: 1 }),
});

function selection(depth: number): fc.Arbitrary<SelectionChoice> {
  return fc.record({
    children:
      depth === 0 ? fc.constant([]) : fc.array(selection(depth - 1), { minLength: 1, maxLength: 3, size: 'max' }),
    alias: choice,
    wrap: choice,
    condition: choice,
    argument: choice,
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
