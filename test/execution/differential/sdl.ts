import { contextSdl, holderSdl } from './contexts';
import { ARGUMENTS, inputTypes, REQUIRED_ARGUMENTS } from './inputs';
import { ITEMS_HOME, isOwner, itemFields, itemKeys, itemSdl } from './items';
import {
  type Field,
  INFO_PART,
  isLeaf,
  leadsToEntity,
  membersIn,
  pickFrom,
  type Requirement,
  type Schema,
  subgraphsOf,
  type Type,
  typeNamed,
} from './schema';

const IMPORTS =
  'key external requires provides shareable override inaccessible interfaceObject context fromContext'.split(' ');
const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${IMPORTS.map((name) => `"@${name}"`).join(', ')}])`;

function typeText({ kind, target, isNonNull, isItemNonNull }: Field): string {
  const item = isItemNonNull ? '!' : '';
  const text = {
    Int: 'Int',
    String: 'String',
    list: `[Int${item}]`,
    matrix: `[[Int]${item}]`,
    color: 'Color',
    count: 'Int',
    float: 'Float',
    long: 'Long',
    longs: `[Long${item}]`,
    ident: 'ID',
    json: 'Json',
    info: 'Info',
    infos: `[[Info${item}]]`,
    entity: target,
    entities: `[${target}${item}]`,
    grid: `[[${target}]${item}]`,
    node: 'Node',
    any: 'Any',
    item: 'Item',
  }[kind];
  return isNonNull ? `${text}!` : text;
}

function signature(field: Field): string {
  return `${field.name}${ARGUMENTS[field.args]}: ${typeText(field)}`;
}

/** Keys of a type in a subgraph: their fields, and whether a reference by them is resolved. */
function keysIn(
  { keys, home, stubIn }: Type,
  subgraph: number,
): { readonly text: string; readonly resolves: boolean }[] {
  const resolves = !stubIn.includes(subgraph);
  if (keys === 'id') return [{ text: 'id', resolves }];
  if (keys === 'compound') return [{ text: 'id part', resolves }];
  if (keys === 'number') return [{ text: 'num', resolves }];
  if (keys === 'nested') return [{ text: 'ref { k }', resolves }];
  const id = { text: 'id', resolves };
  if (keys === 'mixed') return [{ text: 'code', resolves: false }, id];
  const code = { text: 'code', resolves: true };
  if (subgraph === home) return [id, code];
  return [subgraph % 2 === 0 ? id : code];
}

const KEY_FIELDS: Readonly<Record<string, string>> = {
  id: 'id: ID!',
  part: 'part: Int!',
  code: 'code: String!',
  ref: 'ref: Ref!',
};

function keyFields(type: Type, subgraphs: readonly number[]): string[] {
  const texts = subgraphs.flatMap((subgraph) => keysIn(type, subgraph).map(({ text }) => text));
  const names = texts.flatMap((text) =>
    text
      .replace(/\{.*\}/, '')
      .trim()
      .split(' '),
  );
  const number = `num: ${Number(type.name.slice(1)) % 2 === 0 ? 'Long' : 'Float'}!`;
  return [...new Set(names)].map((name) => KEY_FIELDS[name] ?? number);
}

function isProvidable(field: Field): boolean {
  return isLeaf(field) && field.args === 'none' && field.requires.length === 0 && field.kind !== 'count';
}

/** The field of each type that a reference lets its subgraph answer without a second fetch. */
export function providedFields(field: Field, subgraph: number, schema: Schema): ReadonlyMap<string, Field> {
  const provided = new Map<string, Field>();
  if (!field.owners.includes(subgraph) || field.provides === null) return provided;
  const targets = leadsToEntity(field)
    ? [typeNamed(schema, field.target)]
    : membersIn(field.kind, subgraph, schema.types, schema.nodeIn);
  for (const { name, fields } of targets) {
    const others = fields.filter((one) => !one.owners.includes(subgraph) && one.overrides === null);
    const one = pickFrom(others.filter(isProvidable), field.provides);
    if (one !== undefined) provided.set(name, one);
  }
  return provided;
}

function providesText(field: Field, provided: ReadonlyMap<string, Field>): string {
  if (provided.size === 0) return '';
  const texts = [...provided].map(([type, { name }]) => (leadsToEntity(field) ? name : `... on ${type} { ${name} }`));
  return `@provides(fields: "${texts.join(' ')}")`;
}

function requirementText(requirements: readonly Requirement[]): string {
  const texts = requirements.map((one) => {
    const below = one.field.kind === 'info' ? ` { ${INFO_PART} }` : '';
    const nested = one.below.length === 0 ? below : ` { ${requirementText(one.below)} }`;
    const on = [...one.on].map(([type, inner]) => `... on ${type} { ${requirementText(inner)} }`);
    const selection = on.length === 0 ? nested : ` { ${on.join(' ')} }`;
    return `${one.field.name}${REQUIRED_ARGUMENTS[one.field.args].text}${selection}`;
  });
  return texts.join(' ');
}

function fieldText(field: Field, subgraph: number, schema: Schema): string {
  const label = field.label === null ? '' : `, label: "${field.label}"`;
  const directives = [
    field.owners.length > 1 || (isProvidable(field) && field.overrides === null) ? '@shareable' : '',
    field.isHidden ? '@inaccessible' : '',
    providesText(field, providedFields(field, subgraph, schema)),
    field.requires.length === 0 ? '' : `@requires(fields: "${requirementText(field.requires)}")`,
    field.overrides !== null && field.owners.includes(subgraph) ? `@override(from: "s${field.overrides}"${label})` : '',
  ];
  return [signature(field), ...directives.filter((one) => one !== '')].join(' ');
}

/** Fields that a subgraph names without answering them by itself. */
function externalFields(type: Type, subgraph: number, schema: Schema): Field[] {
  const external = new Set<Field>();
  const add = (holder: Type, requirements: readonly Requirement[]): void => {
    for (const { field, below, on } of requirements) {
      if (holder === type) external.add(field);
      if (below.length > 0) add(typeNamed(schema, field.target), below);
      for (const [name, inner] of on) add(typeNamed(schema, name), inner);
    }
  };
  for (const holder of schema.types)
    for (const field of holder.fields) {
      if (field.owners.includes(subgraph)) add(holder, field.requires);
      const provided = providedFields(field, subgraph, schema).get(type.name);
      if (provided !== undefined) external.add(provided);
    }
  return [...external];
}

/** Root fields of a subgraph, by their types. */
function rootFields(subgraph: number, schema: Schema, hidden: string): string[] {
  const { types, nodeIn, items } = schema;
  const fields = types.flatMap(({ name, home, isHidden }) => {
    const end = isHidden ? hidden : '';
    return home === subgraph ? [`one${name}: ${name}${end}`, `all${name}: [${name}!]!${end}`] : [];
  });
  if (nodeIn.includes(subgraph)) fields.push(`nodes${subgraph}: [Node]`);
  if (types.some(({ anyIn }) => anyIn.includes(subgraph)))
    fields.push(`any${subgraph}: [Any${subgraph === 0 ? '!' : ''}]`);
  if (items !== null && (subgraph === ITEMS_HOME || isOwner(items, subgraph))) fields.push(`items${subgraph}: [Item]`);
  fields.push(`plain${subgraph}(filter: Filter, n: Int! = 4): String`);
  const [args] = [ARGUMENTS.one.slice(1, -1), ARGUMENTS.numbers.slice(1, -1)].slice(subgraph % 2);
  fields.push(`plainer${subgraph}(${args}): Json`);
  return fields;
}

function mutationFields(subgraph: number, { types, hasMutations }: Schema): string[] {
  if (!hasMutations) return [];
  const target = types.find((one) => !one.isHidden && one.home === subgraph)?.name;
  return [
    `count${subgraph}(by: Int = 1): Int!`,
    ...(target === undefined ? [] : [`change${target}(by: Int = 1): ${target}`]),
  ];
}

function implemented(names: readonly string[]): string {
  return names.length === 0 ? '' : ` implements ${names.join(' & ')}`;
}

function hasMark(subgraph: number, { mark }: Schema): boolean {
  return mark !== null && (mark.from === subgraph || mark.to === subgraph);
}

function nodeFields(subgraph: number, schema: Schema): string[] {
  return ['label: String', `extra${subgraph}: Int`, ...(hasMark(subgraph, schema) ? ['mark: String'] : [])];
}

function markField(subgraph: number, { mark }: Schema): string {
  const override = mark?.to === subgraph ? ` @override(from: "s${mark.from}", label: "${mark.label}")` : '';
  return `mark: String${override}`;
}

function typeSdl(type: Type, subgraph: number, schema: Schema): string {
  const keys = keysIn(type, subgraph).map(
    ({ text, resolves }) => `@key(fields: "${text}"${resolves ? '' : ', resolvable: false'})`,
  );
  const holder = holderSdl(schema.context, type.name, subgraph);
  const isNode = type.isNode && schema.nodeIn.includes(subgraph);
  const isItem = type.isItem && subgraph === ITEMS_HOME;
  const own = type.fields.filter(({ owners, overrides }) => owners.includes(subgraph) || overrides === subgraph);
  const isExternal = externalFields(type, subgraph, schema).filter((one) => !own.includes(one));
  const lines = [
    ...keyFields(type, [subgraph]),
    ...(isNode ? ['label: String @shareable', `extra${subgraph}: Int`] : []),
    ...(isNode && hasMark(subgraph, schema) ? [markField(subgraph, schema)] : []),
    ...(isItem ? ['i0: String'] : []),
    ...own.map((field) => fieldText(field, subgraph, schema)),
    ...holder.fields,
    ...isExternal.map((field) => `${signature(field)} @external`),
  ];
  const names = implemented([...(isNode ? ['Node'] : []), ...(isItem ? ['Item'] : [])]);
  return `type ${type.name}${names} ${[...keys, ...holder.directives].join(' ')}${type.isHidden ? ' @inaccessible' : ''} {\n    ${lines.join('\n    ')}\n  }`;
}

export function subgraphSdl(subgraph: number, schema: Schema): string {
  const { types, nodeIn, hasHiddenColor } = schema;
  const members = types.filter(({ anyIn }) => anyIn.includes(subgraph)).map(({ name }) => name);
  const mutations = mutationFields(subgraph, schema);
  const definitions = [
    FEDERATION,
    `type Query { ${rootFields(subgraph, schema, ' @inaccessible').join(' ')} }`,
    ...(mutations.length === 0 ? [] : [`type Mutation { ${mutations.join(' ')} }`]),
    'type Info @shareable { a: Int b: String }',
    'type Ref @shareable { k: ID! w: Int }',
    `enum Color { RED GREEN C${subgraph}${hasHiddenColor ? ' DARK @inaccessible' : ''} }`,
    `enum Order { ASC DESC S${subgraph} }`,
    ...inputTypes(subgraph === 1 ? ' extra: Int' : ''),
    ...(members.length === 0 ? [] : [`union Any = ${members.join(' | ')}`]),
    ...(nodeIn.includes(subgraph) ? [`interface Node { ${nodeFields(subgraph, schema).join(' ')} }`] : []),
    ...itemSdl(schema.items, subgraph),
    ...contextSdl(schema.context, subgraph, schema.subgraphs),
    ...types.filter(({ presentIn }) => presentIn.includes(subgraph)).map((type) => typeSdl(type, subgraph, schema)),
  ];
  return definitions.join('\n  ');
}

/** One schema that holds everything that a client may see. */
export function wholeSdl(schema: Schema): string {
  const { nodeIn, context } = schema;
  const types = schema.types.filter(({ isHidden }) => !isHidden);
  const seen = { ...schema, types };
  const all = subgraphsOf(schema);
  const nodes = [
    'label: String',
    ...nodeIn.map((subgraph) => `extra${subgraph}: Int`),
    ...(schema.mark ? ['mark: String'] : []),
  ];
  const items = schema.items === null ? [] : itemFields(schema.items);
  const members = types.filter(({ anyIn }) => anyIn.length > 0).map(({ name }) => name);
  const mutations = all.flatMap((subgraph) => mutationFields(subgraph, seen));
  const definitions = [
    `type Query { ${all.flatMap((subgraph) => rootFields(subgraph, seen, '')).join(' ')} }`,
    ...(mutations.length === 0 ? [] : [`type Mutation { ${mutations.join(' ')} }`]),
    'type Info { a: Int b: String }',
    'type Ref { k: ID! w: Int }',
    `enum Color { RED GREEN ${all.map((subgraph) => `C${subgraph}`).join(' ')} }`,
    'enum Order { ASC DESC }',
    ...inputTypes(''),
    ...(members.length === 0 ? [] : [`union Any = ${members.join(' | ')}`]),
    ...(nodeIn.length === 0 ? [] : [`interface Node { ${nodes.join(' ')} }`]),
    ...(schema.items === null ? [] : [`interface Item { ${itemKeys(schema.items)} ${items.join(' ')} }`]),
    ...contextSdl(context, null, schema.subgraphs),
    ...types.map((type) => {
      const lines = [
        ...keyFields(type, type.presentIn),
        ...(type.isNode ? nodes : []),
        ...(type.isItem ? items : []),
        ...type.fields.filter(({ isHidden }) => !isHidden).map(signature),
        ...holderSdl(context, type.name, null).fields,
      ];
      const names = implemented([...(type.isNode ? ['Node'] : []), ...(type.isItem ? ['Item'] : [])]);
      return `type ${type.name}${names} { ${lines.join(' ')} }`;
    }),
  ];
  return definitions.join('\n');
}
