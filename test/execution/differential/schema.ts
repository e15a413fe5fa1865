import type { FieldChoice, SchemaChoice, TypeChoice } from './model';

/** A schema whose every choice is made. */
export interface Field {
  readonly name: string;
  readonly kind: FieldChoice['kind'];
  readonly nonNull: boolean;
  /** Of an entity or list of entities. */
  readonly target: string;
  readonly hasArgument: boolean;
  readonly owners: readonly number[];
  readonly requires: Field | null;
  readonly provides: string | null;
}

export interface Type {
  readonly name: string;
  readonly keys: TypeChoice['keys'];
  readonly home: number;
  readonly isNode: boolean;
  readonly fields: readonly Field[];
}

export interface Schema {
  readonly subgraphs: number;
  readonly types: readonly Type[];
}

const LEAVES: readonly string[] = ['Int', 'String', 'list'];

function fieldsOf(type: TypeChoice, choices: SchemaChoice): Field[] {
  const { subgraphs, types } = choices;
  const fields: Field[] = [];
  for (const [index, choice] of type.fields.entries()) {
    const home = choice.kind === 'node' ? 0 : choice.home % subgraphs;
    const isLeaf = LEAVES.includes(choice.kind);
    const other = choice.sharedWith === null ? home : choice.sharedWith % subgraphs;
    const candidate = choice.requires === null ? undefined : fields[choice.requires % Math.max(1, fields.length)];
    const canRequire = choice.kind === 'String' && candidate !== undefined && !candidate.owners.includes(home);
    const requires = canRequire && (LEAVES.includes(candidate.kind) || candidate.kind === 'info') ? candidate : null;
    fields.push({
      name: `f${index}`,
      kind: choice.kind,
      nonNull: choice.nonNull && requires === null,
      target: `T${choice.target % types.length}`,
      hasArgument: choice.hasArgument && isLeaf,
      owners: isLeaf && requires === null && other !== home ? [home, other] : [home],
      requires,
      provides: choice.provides === null ? null : `f${choice.provides}`,
    });
  }
  return fields;
}

export function makeSchema(choices: SchemaChoice): Schema {
  const types = choices.types.map((type, index) => ({
    name: `T${index}`,
    keys: type.keys,
    home: type.home % choices.subgraphs,
    isNode: type.isNode || index === 0,
    fields: fieldsOf(type, choices),
  }));
  return { subgraphs: choices.subgraphs, types };
}

export function typeText({ kind, target, nonNull }: Field): string {
  const named = { Int: 'Int', String: 'String', list: '[Int]', info: 'Info', entity: target, node: 'Node' };
  const text = kind === 'entities' ? `[${target}]` : named[kind];
  return nonNull ? `${text}!` : text;
}

function signature(field: Field): string {
  return `${field.name}${field.hasArgument ? '(n: Int = 1)' : ''}: ${typeText(field)}`;
}

/** Fields of a type that a key of it in a subgraph has. */
function keysIn(type: Type, subgraph: number): readonly string[] {
  if (type.keys === 'id') return ['id'];
  if (type.keys === 'compound') return ['id part'];
  if (subgraph === type.home) return ['id', 'code'];
  return [subgraph % 2 === 0 ? 'id' : 'code'];
}

const KEY_FIELDS: Readonly<Record<string, string>> = { id: 'id: ID!', part: 'part: Int!', code: 'code: String!' };

/** The field that a reference lets its subgraph answer without a second fetch; undefined when it cannot. */
export function providedField(field: Field, subgraph: number, { types }: Schema): Field | undefined {
  if (field.kind !== 'entity' && field.kind !== 'entities') return undefined;
  const provided = types.find(({ name }) => name === field.target)?.fields.find(({ name }) => name === field.provides);
  const fits = provided !== undefined && LEAVES.includes(provided.kind) && provided.requires === null;
  return fits && !provided.owners.includes(subgraph) ? provided : undefined;
}

function requirementText({ requires }: Field): string {
  if (requires === null) return '';
  const argument = requires.hasArgument ? '(n: 2)' : '';
  const selection = requires.kind === 'info' ? ' { a }' : '';
  return ` @requires(fields: "${requires.name}${argument}${selection}")`;
}

function fieldText(field: Field, subgraph: number, schema: Schema): string {
  const shareable = field.owners.length > 1 ? ' @shareable' : '';
  const provided = providedField(field, subgraph, schema);
  const provides = provided === undefined ? '' : ` @provides(fields: "${provided.name}")`;
  return `${signature(field)}${shareable}${provides}${requirementText(field)}`;
}

/** Fields that a subgraph names without answering them by itself. */
function externalFields(type: Type, subgraph: number, schema: Schema): Field[] {
  const external = new Set<Field>();
  for (const field of type.fields)
    if (field.requires !== null && field.owners.includes(subgraph)) external.add(field.requires);
  for (const { fields } of schema.types)
    for (const field of fields) {
      const provided = field.owners.includes(subgraph) ? providedField(field, subgraph, schema) : undefined;
      if (provided !== undefined && field.target === type.name) external.add(provided);
    }
  return [...external];
}

export const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

/** Root fields of a subgraph: each of its types alone and as a list; in the first also what is abstract. */
function rootFields(subgraph: number, { types }: Schema): string[] {
  const fields = types.flatMap(({ name, home }) =>
    home === subgraph ? [`one${name}: ${name}`, `all${name}: [${name}!]!`] : [],
  );
  return subgraph === 0 ? [...fields, 'nodes: [Node]', 'any: [Any!]'] : [...fields, `any${subgraph}: [Any]`];
}

export function subgraphSdl(subgraph: number, schema: Schema): string {
  const types = schema.types.map((type) => {
    const keys = keysIn(type, subgraph);
    const own = type.fields.filter(({ owners }) => owners.includes(subgraph));
    const isNode = type.isNode && subgraph === 0;
    const lines = [...new Set(keys.flatMap((key) => key.split(' '))).values()].map((name) => KEY_FIELDS[name] ?? '');
    return `type ${type.name}${isNode ? ' implements Node' : ''} ${keys.map((key) => `@key(fields: "${key}")`).join(' ')} {
      ${[
        ...lines,
        ...(isNode ? ['label: String'] : []),
        ...own.map((field) => fieldText(field, subgraph, schema)),
        ...externalFields(type, subgraph, schema).map((field) => `${signature(field)} @external`),
      ].join('\n      ')}
    }`;
  });
  return `${FEDERATION}
    type Query { ${rootFields(subgraph, schema).join(' ')} }
    type Info @shareable { a: Int b: String }
    union Any = ${schema.types.map(({ name }) => name).join(' | ')}
    ${subgraph === 0 ? 'interface Node { label: String }' : ''}
    ${types.join('\n    ')}`;
}

/** One schema that holds everything. */
export function wholeSdl(schema: Schema): string {
  const roots = Array.from({ length: schema.subgraphs }, (_, subgraph) => rootFields(subgraph, schema)).flat();
  const types = schema.types.map((type) => {
    const present = Array.from({ length: schema.subgraphs }, (_, subgraph) => keysIn(type, subgraph)).flat();
    const keys = [...new Set(present.flatMap((key) => key.split(' ')))].map((name) => KEY_FIELDS[name] ?? '');
    const lines = [...keys, ...(type.isNode ? ['label: String'] : []), ...type.fields.map(signature)];
    return `type ${type.name}${type.isNode ? ' implements Node' : ''} { ${lines.join(' ')} }`;
  });
  return `type Query { ${roots.join(' ')} }
    type Info { a: Int b: String }
    interface Node { label: String }
    union Any = ${schema.types.map(({ name }) => name).join(' | ')}
    ${types.join('\n    ')}`;
}
