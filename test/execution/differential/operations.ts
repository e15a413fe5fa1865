import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { hash } from './data';
import { CHOICES, type OperationChoice, type SelectionChoice, type Without } from './model';
import { argumentValue, VARIABLES } from './values';

/** An operation and its variables. */
export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

const CONDITIONS = [
  '@include(if: $yes)',
  '@skip(if: $no)',
  '@include(if: $no)',
  '@skip(if: true)',
  '@include(if: $on)',
  '@include(if: $off)',
  '@skip(if: $no) @include(if: $on)',
];
/** Names that a planner or an executor may have other uses for. */
const ALIASES = ['id', 'f0', 'f1', 'label', 'code', '_hg_0_f0', 'ref'];

/** What is answered from the API schema, with keys of their own; beside data it is. */
const INTROSPECTIONS = [
  'i0: __schema { queryType { name } }',
  'i0: __schema @include(if: $no) { queryType { name } }',
  'i1: __type(name: "Nobody") { name } i2: __typename @skip(if: $no)',
  'i0: __schema { queryType { name __typename } } i0: __schema @include(if: $yes) { mutationType { kind } }',
];
const IN_FRAGMENTS = [
  '... on Query @skip(if: $no) { i1: __type(name: "Info") { name fields { name type { kind name } } } }',
  'i2: __typename ... @include(if: $on) { i3: __type(name: "Ref") { kind i4: __typename } }',
  'i0: __schema { queryType { name __typename } } ... @include(if: $yes) { i0: __schema { mutationType { kind } } }',
];

function introspectionOf({ introspection }: OperationChoice, without: Without): string | undefined {
  if (without.has('introspection')) return undefined;
  return [...INTROSPECTIONS, ...(without.has('introspection-in-fragments') ? [] : IN_FRAGMENTS)][introspection - 1];
}

/** The one of `candidates` that a choice stands for, whatever else there is: taking others away changes nothing. */
function preferred<T>(candidates: readonly T[], nameOf: (one: T) => string, choice: number): T | undefined {
  let best: T | undefined;
  let highest = -1;
  for (const one of candidates) {
    const rank = hash(`${choice}/${nameOf(one)}`);
    if (rank > highest) [best, highest] = [one, rank];
  }
  return best;
}

/**
 * `daring`: with response keys that may meet others; `careful`: every field has a key of its own; `plain`: and no
 * conditions.
 */
type Style = 'daring' | 'careful' | 'plain';

class Writer {
  readonly fragments: string[] = [];
  #count = 0;
  /** How many selections are being repeated on another type, with other fields and arguments. */
  #repeats = 0;

  constructor(
    readonly schema: GraphQLSchema,
    readonly style: Style,
    /** Whether selections on one possible type come again, with the same keys, on another. */
    readonly hasRepeats: boolean,
    readonly hasTypenames: boolean,
    readonly hasMutationFragments: boolean,
  ) {}

  /** Whether what is selected on a type may be written in fragments. */
  hasFragments(type: GraphQLCompositeType): boolean {
    return this.hasMutationFragments || type !== this.schema.getMutationType();
  }

  selections(type: GraphQLCompositeType, choices: readonly SelectionChoice[]): string {
    const texts = choices.flatMap((one) => this.withTypename(type, this.selection(type, one), one));
    return `{ ${texts.length === 0 ? '__typename' : texts.join(' ')} }`;
  }

  /** A selection, and perhaps the name of the type before or after it. */
  withTypename(type: GraphQLCompositeType, selection: string, choice: SelectionChoice): string[] {
    if (!this.hasTypenames) return [selection];
    const condition = this.style === 'plain' ? '' : (CONDITIONS[choice.condition] ?? '');
    switch (this.hasFragments(type) ? choice.typename : choice.typename % 4) {
      case 1:
        return ['__typename', selection];
      case 2:
        return [selection, `__typename ${condition}`];
      case 3:
        return [`t: __typename ${condition}`, selection];
      case 4:
        return [selection, `... ${condition} { ${this.alias(choice.alias)}__typename }`];
      case 5: {
        const on = isAbstractType(type) ? preferred(this.schema.getPossibleTypes(type), String, choice.pick) : type;
        return [`... on ${on ?? type} { t: __typename ... on ${type} { __typename } }`, selection];
      }
      default:
        return [selection];
    }
  }

  selection(type: GraphQLCompositeType, choice: SelectionChoice): string {
    const condition = this.style === 'plain' ? '' : (CONDITIONS[choice.condition - 1] ?? '');
    const narrowed = this.narrowed(type, choice);
    if (narrowed !== undefined) {
      const first = this.#count;
      const text = `... on ${narrowed.name} ${condition} { ${this.field(narrowed, choice)} }`;
      return text + (this.hasRepeats ? this.repeated(type, narrowed, choice, first) : '');
    }
    if (!this.hasFragments(type)) return this.field(type, choice, condition);
    if (choice.wrap === 1) {
      const index = this.fragments.push('') - 1;
      this.fragments[index] = `fragment F${index} on ${type.name} { ${this.field(type, choice)} }`;
      return `...F${index} ${condition}`;
    }
    if (choice.wrap === 2) return `... ${condition} { ${this.field(type, choice)} }`;
    return this.field(type, choice, condition);
  }

  /** A type that the selection is made on instead: one of the possible types, or an interface of an object. */
  narrowed(type: GraphQLCompositeType, { pick, wrap }: SelectionChoice): GraphQLCompositeType | undefined {
    if (isAbstractType(type)) {
      const possible = this.schema.getPossibleTypes(type);
      return isUnionType(type) || wrap > 4 ? preferred(possible, ({ name }) => name, pick) : undefined;
    }
    return wrap === 3 ? preferred(type.getInterfaces(), ({ name }) => name, pick) : undefined;
  }

  /**
   * The selection once more on another possible type: under the same keys what is of the same types.
   * @param first number of its first key
   */
  repeated(type: GraphQLCompositeType, narrowed: GraphQLCompositeType, choice: SelectionChoice, first: number): string {
    const field = this.picked(narrowed, choice);
    if (!isAbstractType(type) || field === undefined) return '';
    const candidates = this.schema
      .getPossibleTypes(type)
      .filter((one) => one !== narrowed)
      .flatMap((on) => Object.values(on.getFields()).map((other) => ({ on, other })))
      .filter(({ other }) => String(other.type) === String(field.type));
    const found = preferred(candidates, ({ on, other }) => `${on.name}.${other.name}`, choice.pick);
    if (found === undefined) return '';
    const last = this.#count;
    this.#count = first;
    this.#repeats++;
    const key = this.style === 'daring' && ALIASES[choice.alias - 1] === undefined ? `${field.name}: ` : undefined;
    const text = this.fieldText(found.other, choice, '', key);
    this.#repeats--;
    this.#count = Math.max(last, this.#count);
    return ` ... on ${found.on.name} { ${text} }`;
  }

  /** Undefined: `__typename`. */
  picked(type: GraphQLCompositeType, { pick }: SelectionChoice): GraphQLField<unknown, unknown> | undefined {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const names = [...fields.map(({ name }) => name), '__typename'];
    // Where a context is used is deep down.
    const ways = pick % 3 === 0 ? names.filter((name) => /^(held|mid|told)/.test(name)) : [];
    const name = preferred(ways.length === 0 ? names : ways, (one) => one, pick);
    return fields.find((one) => one.name === name);
  }

  field(type: GraphQLCompositeType, choice: SelectionChoice, condition = ''): string {
    const field = this.picked(type, choice);
    if (field === undefined) return `${this.alias(choice.alias)}__typename ${condition}`;
    if (this.#repeats === 0 || isUnionType(type)) return this.fieldText(field, choice, condition);
    const alike = Object.values(type.getFields()).filter((one) => String(one.type) === String(field.type));
    const other = preferred(alike, ({ name }) => name, choice.pick + this.#repeats) ?? field;
    const key = this.style === 'daring' && ALIASES[choice.alias - 1] === undefined ? `${field.name}: ` : undefined;
    return this.fieldText(other, choice, condition, key);
  }

  fieldText(
    field: GraphQLField<unknown, unknown>,
    choice: SelectionChoice,
    condition: string,
    alias = this.alias(choice.alias),
  ): string {
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${this.selections(named, choice.children)}` : '';
    const given = this.arguments(field, { ...choice, argument: choice.argument + this.#repeats });
    return `${alias}${field.name}${given} ${condition}${below}`;
  }

  arguments({ args }: GraphQLField<unknown, unknown>, { argument, alias }: SelectionChoice): string {
    const given = args.flatMap(({ name, type }, index) => {
      const chosen = (argument + index * alias) % CHOICES;
      const text = argumentValue(type, chosen, this.style === 'plain' ? 'short' : 'all');
      return text === undefined ? [] : [`${name}: ${text}`];
    });
    return given.length === 0 ? '' : `(${given.join(', ')})`;
  }

  alias(choice: number): string {
    if (this.style !== 'daring') return `a${this.#count++}: `;
    const name = ALIASES[choice - 1];
    return name === undefined ? '' : `${name}: `;
  }
}

function write(
  schema: GraphQLSchema,
  choice: OperationChoice,
  style: Style,
  without: Without,
  hasRepeats = style !== 'plain',
): GeneratedOperation {
  const writer = new Writer(
    schema,
    style,
    hasRepeats,
    !without.has('typenames'),
    !without.has('fragments-in-mutations'),
  );
  const mutation = choice.isMutation ? schema.getMutationType() : null;
  const root = mutation ?? schema.getQueryType();
  const asked = root ? writer.selections(root, choice.selections) : '{ __typename }';
  const introspection = mutation || style === 'plain' ? undefined : introspectionOf(choice, without);
  const body = introspection === undefined ? asked : asked.replace(/\}$/, `${introspection} }`);
  const text = `${body} ${writer.fragments.join(' ')}`;
  const used = Object.entries(VARIABLES).filter(([name]) => new RegExp(`\\$${name}\\b`).test(text));
  const declared = used.map(([name, { type }]) => `$${name}: ${type}`).join(', ');
  const sent = used.filter(([, variable]) => 'value' in variable).map(([name, { value }]) => [name, value]);
  const kind = mutation === null || mutation === undefined ? 'query' : 'mutation';
  return { query: `${kind} ${declared === '' ? '' : `(${declared}) `}${text}`, variables: Object.fromEntries(sent) };
}

/** Booleans that decide what is asked for, by name. */
const SWITCHES = ['yes', 'no', 'on', 'off'];

/** The same operation under each combination of values of its conditions. */
export function combinationsOf({ query, variables }: GeneratedOperation): GeneratedOperation[] {
  const used = SWITCHES.filter((name) => query.includes(`if: $${name})`));
  return Array.from({ length: 2 ** used.length }, (_, bits) => {
    const values = used.map((name, index) => [name, ((bits >> index) & 1) === 1] as const);
    return { query, variables: { ...variables, ...Object.fromEntries(values) } };
  });
}

/** A valid operation out of choices: as daring as can be. */
export function makeOperation(schema: GraphQLSchema, choice: OperationChoice, without: Without): GeneratedOperation {
  for (const style of ['daring', 'careful'] as const) {
    const operation = write(schema, choice, style, without);
    if (validate(schema, parse(operation.query)).length === 0) return operation;
  }
  return write(schema, choice, 'careful', without, false);
}

/** The same without conditions, and with response keys that cannot meet anything: stock may be wrong about both. */
export function makePlainOperation(
  schema: GraphQLSchema,
  choice: OperationChoice,
  without: Without,
): GeneratedOperation {
  return write(schema, choice, 'plain', without);
}
