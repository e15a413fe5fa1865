import {
  type DefinitionNode,
  type DirectiveNode,
  type FieldDefinitionNode,
  GraphQLError,
  getLocation,
  type InputValueDefinitionNode,
  Kind,
  type Location,
  type NameNode,
  parse,
  type StringValueNode,
  type TypeNode,
} from 'graphql';

/** Rules of a good schema, by their names in the configuration. */
export const LINT_RULES = {
  type_names: 'names of types are PascalCase',
  field_names: 'names of fields are camelCase',
  argument_names: 'names of arguments and of fields of inputs are camelCase',
  enum_values: 'values of enums are UPPER_CASE',
  input_names: 'names of input types end with Input',
  deprecation_reasons: 'a deprecation says what to use in its place',
  type_descriptions: 'types have descriptions',
  field_descriptions: 'fields have descriptions',
  repeated_type_names: 'names of fields do not begin with the name of their type',
  root_verbs: 'names of fields of Query do not begin with get, list or fetch',
  list_elements: 'elements of lists are not null',
} as const;

export type LintRule = keyof typeof LINT_RULES;
export type LintLevel = 'off' | 'warn' | 'error';
export type LintLevels = Readonly<Record<LintRule, LintLevel>>;

/** A place that breaks a rule. */
export interface LintFinding {
  readonly rule: LintRule;
  readonly level: Exclude<LintLevel, 'off'>;
  readonly subgraph: string;
  readonly coordinate: string;
  readonly message: string;
  /** In the SDL of the subgraph, from 1. */
  readonly line: number;
  readonly column: number;
}

const PASCAL = /^_*[A-Z][A-Za-z0-9]*$/;
const CAMEL = /^_*[a-z][A-Za-z0-9]*$/;
const UPPER = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;
const ROOT_VERB = /^(?:get|list|fetch)(?=[A-Z])/;
const FINDINGS_MAX = 1_000;
const DEFAULT_REASON = 'No longer supported';

/**
 * Finds what breaks rules in an SDL and did not in the one before: a schema that has grown is not told of what it always had.
 * @param before null: it is new
 */
export function lintSdl(
  subgraph: string,
  before: string | null,
  sdl: string,
  levels: LintLevels,
): readonly LintFinding[] {
  if (Object.values(levels).every((level) => level === 'off')) return [];
  const known = new Set(before === null ? [] : findingsIn(subgraph, before, levels).map(placeOf));
  const found = findingsIn(subgraph, sdl, levels).filter((finding) => !known.has(placeOf(finding)));
  if (found.length <= FINDINGS_MAX) return found;
  // However many warnings there are, an error is not passed over.
  return [...found.filter(({ level }) => level === 'error'), ...found].slice(0, FINDINGS_MAX);
}

function placeOf({ rule, coordinate }: LintFinding): string {
  return `${rule} ${coordinate}`;
}

/** Text that does not parse has none: composition is what refuses it. */
function findingsIn(subgraph: string, sdl: string, levels: LintLevels): readonly LintFinding[] {
  try {
    const found = new Findings(subgraph, levels);
    for (const definition of parse(sdl).definitions) lintDefinition(found, definition);
    return found.all;
  } catch (error) {
    if (error instanceof GraphQLError || error instanceof RangeError) return [];
    throw error;
  }
}

class Findings {
  readonly all: LintFinding[] = [];
  readonly #subgraph: string;
  readonly #levels: LintLevels;

  constructor(subgraph: string, levels: LintLevels) {
    this.#subgraph = subgraph;
    this.#levels = levels;
  }

  add(rule: LintRule, coordinate: string, place: Location | undefined, message: string): void {
    const level = this.#levels[rule];
    if (level === 'off' || place === undefined) return;
    const { line, column } = getLocation(place.source, place.start);
    this.all.push({ rule, level, subgraph: this.#subgraph, coordinate, message, line, column });
  }

  named(rule: LintRule, coordinate: string, { value, loc }: NameNode, form: RegExp, wanted: string): void {
    if (!form.test(value)) this.add(rule, coordinate, loc, `${coordinate}: ${wanted}`);
  }
}

function lintDefinition(found: Findings, definition: DefinitionNode): void {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_DEFINITION:
      lintType(found, definition);
      lintFields(found, definition.name.value, definition.fields ?? []);
      break;
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_EXTENSION:
      lintFields(found, definition.name.value, definition.fields ?? []);
      break;
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      lintType(found, definition);
      found.named('input_names', definition.name.value, definition.name, /Input$/, 'an input type is named …Input');
      lintInputs(found, definition.name.value, definition.fields ?? []);
      break;
    case Kind.INPUT_OBJECT_TYPE_EXTENSION:
      lintInputs(found, definition.name.value, definition.fields ?? []);
      break;
    case Kind.ENUM_TYPE_DEFINITION:
    case Kind.ENUM_TYPE_EXTENSION:
      if (definition.kind === Kind.ENUM_TYPE_DEFINITION) lintType(found, definition);
      for (const { name, directives } of definition.values ?? []) {
        const coordinate = `${definition.name.value}.${name.value}`;
        found.named('enum_values', coordinate, name, UPPER, 'a value of an enum is UPPER_CASE');
        lintDeprecation(found, coordinate, directives);
      }
      break;
    case Kind.SCALAR_TYPE_DEFINITION:
    case Kind.UNION_TYPE_DEFINITION:
      lintType(found, definition);
      break;
    default:
  }
}

interface Described {
  readonly name: NameNode;
  readonly description?: StringValueNode | undefined;
}

function lintType(found: Findings, { name, description }: Described): void {
  found.named('type_names', name.value, name, PASCAL, 'the name of a type is PascalCase');
  if (description === undefined)
    found.add('type_descriptions', name.value, name.loc, `${name.value} has no description`);
}

function lintFields(found: Findings, type: string, fields: readonly FieldDefinitionNode[]): void {
  for (const field of fields) {
    const { name, description, directives, arguments: args = [] } = field;
    // Of the federation itself.
    if (name.value.startsWith('_')) continue;
    const coordinate = `${type}.${name.value}`;
    found.named('field_names', coordinate, name, CAMEL, 'the name of a field is camelCase');
    if (description === undefined)
      found.add('field_descriptions', coordinate, name.loc, `${coordinate} has no description`);
    const prefix = type.slice(0, 1).toLowerCase() + type.slice(1);
    if (name.value.startsWith(prefix) && /^[A-Z]/.test(name.value.slice(prefix.length)))
      found.add('repeated_type_names', coordinate, name.loc, `${coordinate} repeats the name of its type`);
    if (type === 'Query' && ROOT_VERB.test(name.value))
      found.add(
        'root_verbs',
        coordinate,
        name.loc,
        `${coordinate}: a query is named after what it answers, without a verb`,
      );
    if (hasNullElements(field.type))
      found.add('list_elements', coordinate, field.type.loc, `${coordinate}: write [T!] where no element is ever null`);
    lintDeprecation(found, coordinate, directives);
    for (const argument of args) {
      const own = `${coordinate}(${argument.name.value}:)`;
      found.named('argument_names', own, argument.name, CAMEL, 'the name of an argument is camelCase');
      lintDeprecation(found, own, argument.directives);
    }
  }
}

function lintInputs(found: Findings, type: string, fields: readonly InputValueDefinitionNode[]): void {
  for (const { name, directives } of fields) {
    const coordinate = `${type}.${name.value}`;
    found.named('argument_names', coordinate, name, CAMEL, 'the name of a field of an input is camelCase');
    lintDeprecation(found, coordinate, directives);
  }
}

function lintDeprecation(found: Findings, coordinate: string, directives: readonly DirectiveNode[] = []): void {
  const deprecated = directives.find(({ name }) => name.value === 'deprecated');
  if (deprecated === undefined) return;
  const reason = deprecated.arguments?.find(({ name }) => name.value === 'reason')?.value;
  const text = reason?.kind === Kind.STRING ? reason.value.trim() : '';
  if (text === '' || text === DEFAULT_REASON)
    found.add(
      'deprecation_reasons',
      coordinate,
      deprecated.loc,
      `${coordinate}: say what to use in its place (reason: "…")`,
    );
}

function hasNullElements(type: TypeNode): boolean {
  if (type.kind === Kind.NON_NULL_TYPE) return hasNullElements(type.type);
  if (type.kind !== Kind.LIST_TYPE) return false;
  return type.type.kind !== Kind.NON_NULL_TYPE || hasNullElements(type.type);
}
