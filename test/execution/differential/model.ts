import fc from 'fast-check';

/** A field as a generator makes it; numbers are choices, taken modulo what there is to choose from. */
export interface FieldChoice {
  readonly home: number;
  readonly kind: 'Int' | 'String' | 'list' | 'info' | 'entity' | 'entities' | 'node';
  readonly nonNull: boolean;
  readonly target: number;
  readonly hasArgument: boolean;
  /** Of the earlier fields of its type. */
  readonly requires: number | null;
  readonly sharedWith: number | null;
  /** Of the fields of the target. */
  readonly provides: number | null;
}

export interface TypeChoice {
  readonly home: number;
  readonly keys: 'id' | 'compound' | 'two';
  readonly isNode: boolean;
  readonly fields: readonly FieldChoice[];
}

export interface SchemaChoice {
  readonly subgraphs: number;
  readonly types: readonly TypeChoice[];
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

const choice = fc.nat({ max: 11 });

const field: fc.Arbitrary<FieldChoice> = fc.record({
  home: choice,
  kind: fc.constantFrom('Int', 'String', 'list', 'info', 'entity', 'entities', 'node'),
  nonNull: fc.boolean(),
  target: choice,
  hasArgument: fc.boolean(),
  requires: fc.option(choice, { freq: 2 }),
  sharedWith: fc.option(choice, { freq: 1 }),
  provides: fc.option(choice, { freq: 1 }),
});

const type: fc.Arbitrary<TypeChoice> = fc.record({
  home: choice,
  keys: fc.constantFrom('id', 'compound', 'two'),
  isNode: fc.boolean(),
  fields: fc.array(field, { minLength: 2, maxLength: 7, size: 'max' }),
});

export const schemaChoices: fc.Arbitrary<SchemaChoice> = fc.record({
  subgraphs: fc.integer({ min: 2, max: 4 }),
  types: fc.array(type, { minLength: 1, maxLength: 4, size: 'max' }),
});

function selection(depth: number): fc.Arbitrary<SelectionChoice> {
  return fc.record({
    pick: fc.nat({ max: 30 }),
    alias: choice,
    wrap: choice,
    condition: choice,
    argument: choice,
    children:
      depth === 0 ? fc.constant([]) : fc.array(selection(depth - 1), { minLength: 1, maxLength: 4, size: 'max' }),
  });
}

export const operationChoices: fc.Arbitrary<readonly SelectionChoice[]> = fc.array(selection(3), {
  minLength: 1,
  maxLength: 3,
  size: 'max',
});
