import {
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import type { SelectionChoice } from './model';

/** An operation and its variables. */
export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

const VARIABLES = { yes: true, no: false, n: 3, zero: null };
const DECLARED: Readonly<Record<string, string>> = { yes: 'Boolean!', no: 'Boolean!', n: 'Int', zero: 'Int' };
const CONDITIONS = ['@include(if: $yes)', '@skip(if: $no)', '@include(if: $no)', '@skip(if: true)'];
const ARGUMENTS = ['(n: 2)', '(n: $n)', '(n: 5)', '(n: $zero)'];
/** Names that a planner or an executor may have other uses for. */
const ALIASES = ['id', 'f0', 'f1', 'label', 'code', '_hg_0_f0'];

class Writer {
  readonly fragments: string[] = [];
  #count = 0;

  constructor(
    readonly schema: GraphQLSchema,
    /** False where aliases that have a meaning elsewhere made the operation invalid. */
    readonly daring: boolean,
  ) {}

  selections(type: GraphQLCompositeType, choices: readonly SelectionChoice[]): string {
    const texts = choices.map((one) => this.selection(type, one));
    return `{ ${texts.length === 0 ? '__typename' : texts.join(' ')} }`;
  }

  selection(type: GraphQLCompositeType, choice: SelectionChoice): string {
    const condition = CONDITIONS[choice.condition - 1] ?? '';
    const possible = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [];
    const narrowed = possible[choice.pick % Math.max(1, possible.length)];
    if (narrowed !== undefined && (isUnionType(type) || choice.wrap > 4))
      return `... on ${narrowed.name} ${condition} { ${this.field(narrowed, choice)} }`;
    if (isObjectType(type) && choice.wrap === 1) {
      const name = `F${this.fragments.length}`;
      this.fragments.push('');
      this.fragments[Number(name.slice(1))] = `fragment ${name} on ${type.name} { ${this.field(type, choice)} }`;
      return `...${name} ${condition}`;
    }
    if (choice.wrap === 2) return `... ${condition} { ${this.field(type, choice)} }`;
    return this.field(type, choice, condition);
  }

  field(type: GraphQLCompositeType, choice: SelectionChoice, condition = ''): string {
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const field = fields[choice.pick % (fields.length + 1)];
    const alias = this.alias(choice.alias);
    if (field === undefined) return `${alias}__typename ${condition}`;
    const given = field.args.length > 0 ? (ARGUMENTS[choice.argument - 1] ?? '') : '';
    const named = getNamedType(field.type);
    const below = isCompositeType(named) ? ` ${this.selections(named, choice.children)}` : '';
    return `${this.daring || alias !== '' ? alias : `x${this.#count++}: `}${field.name}${given} ${condition}${below}`;
  }

  alias(choice: number): string {
    if (!this.daring) return `a${this.#count++}: `;
    const name = ALIASES[choice - 1];
    return name === undefined ? '' : `${name}: `;
  }
}

function write(schema: GraphQLSchema, choices: readonly SelectionChoice[], daring: boolean): GeneratedOperation {
  const writer = new Writer(schema, daring);
  const root = schema.getQueryType();
  const body = root ? writer.selections(root, choices) : '{ __typename }';
  const text = `${body} ${writer.fragments.join(' ')}`;
  const used = Object.entries(VARIABLES).filter(([name]) => new RegExp(`\\$${name}\\b`).test(text));
  const declared = used.map(([name]) => `$${name}: ${DECLARED[name]}`).join(', ');
  const query = declared === '' ? `query ${text}` : `query (${declared}) ${text}`;
  return { query, variables: Object.fromEntries(used) };
}

/** A valid operation out of choices. */
export function makeOperation(schema: GraphQLSchema, choices: readonly SelectionChoice[]): GeneratedOperation {
  const operation = write(schema, choices, true);
  if (validate(schema, parse(operation.query)).length === 0) return operation;
  return write(schema, choices, false);
}
