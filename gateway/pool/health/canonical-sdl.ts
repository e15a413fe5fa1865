import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from 'graphql';
import { federationNames, isAddedBy, type Names, ownDirective } from './federation-names';

/** What composition looks at. Others are dropped: many servers do not show their own in `_service`. */
const DIRECTIVES = new Set(
  (
    'key requires provides external shareable override inaccessible tag interfaceObject authenticated requiresScopes ' +
    'policy context fromContext cost listSize deprecated specifiedBy oneOf'
  ).split(' '),
);
/** What a server of the federation adds by itself, whatever it calls the namespaces. */
const ADDED_TYPES =
  /^(?:_Any|_Entity|_Service|_FieldSet|FieldSet|Int|Float|String|Boolean|ID|__\w+|(?:federation|link)__\w+)$/;
const ADDED_FIELDS = new Set(['_entities', '_service']);
/** What servers add to a root type that may not be empty. */
const ADDED_ROOT_FIELDS = new Set([...ADDED_FIELDS, '_dummy']);
const DEFAULT_REASON = 'reason: "No longer supported"';
const DEFAULT_ROOTS = ['query: Query', 'mutation: Mutation', 'subscription: Subscription'];

type TypeNode = TypeDefinitionNode | TypeExtensionNode;

interface Type {
  kind: string;
  readonly parts: Set<string>;
}

/**
 * A schema as composition understands it, as text: equal for schemas that differ only in layout, descriptions, order, in
 * `extend`, in custom directives, in how federation's own are called, or in the definitions that servers add by themselves.
 * @throws {GraphQLError} for what is not SDL
 */
export function canonicalSdl(sdl: string): string {
  const document: DocumentNode = parse(sdl, { noLocation: true });
  const names = federationNames(document);
  const roots = rootsOf(document);
  const query = roots.find((root) => root.startsWith('query: '))?.slice('query: '.length) ?? 'Query';
  const types = new Map<string, Type>();
  for (const definition of document.definitions) {
    if (!isType(definition) || ADDED_TYPES.test(definition.name.value) || isAddedBy(definition.name.value, names))
      continue;
    const { name, kind } = definition;
    const type = types.get(name.value) ?? { kind: '', parts: new Set() };
    type.kind = kind.replace(/Extension$/, 'Definition');
    for (const part of partsOf(definition, names, name.value === query ? ADDED_ROOT_FIELDS : ADDED_FIELDS))
      type.parts.add(part);
    types.set(name.value, type);
  }
  // A subgraph without queries of its own gets a root type from its server, for the fields of the federation only.
  const hasQueries = [...(types.get(query)?.parts ?? [])].some((part) => !part.startsWith('@'));
  if (!hasQueries) types.delete(query);
  const named = roots.filter((root) => !DEFAULT_ROOTS.includes(root) && (hasQueries || root !== `query: ${query}`));
  const lines = Array.from(types, ([name, { kind, parts }]) => `${kind} ${name} ${[...parts].sort().join(' ; ')}`);
  return [...named, ...lines.sort()].join('\n');
}

function isType(definition: DefinitionNode): definition is TypeNode {
  return /Type(?:Definition|Extension)$/.test(definition.kind);
}

function* partsOf(type: TypeNode, names: Names, addedFields: ReadonlySet<string>): Generator<string> {
  yield* directives(type.directives, names);
  if ('interfaces' in type) for (const { name } of type.interfaces ?? []) yield `implements ${name.value}`;
  if ('types' in type) for (const { name } of type.types ?? []) yield `| ${name.value}`;
  if ('values' in type)
    for (const { name, directives: applied } of type.values ?? [])
      yield `${name.value} ${directives(applied, names).join(' ')}`;
  if ('fields' in type)
    for (const field of type.fields ?? []) if (!addedFields.has(field.name.value)) yield fieldText(field, names);
}

function fieldText(field: FieldDefinitionNode | InputValueDefinitionNode, names: Names): string {
  const args = 'arguments' in field ? (field.arguments ?? []).map((arg) => fieldText(arg, names)).sort() : [];
  const preset = 'defaultValue' in field && field.defaultValue ? ` = ${print(field.defaultValue)}` : '';
  return `${field.name.value}(${args.join(', ')}): ${print(field.type)}${preset} ${directives(field.directives, names).join(' ')}`;
}

function directives(applied: readonly ConstDirectiveNode[] | undefined, names: Names): string[] {
  return (applied ?? [])
    .flatMap(({ name, arguments: given = [] }) => {
      const short = ownDirective(name.value, names);
      if (!DIRECTIVES.has(short)) return [];
      const args = given.map(({ name: arg, value }) => {
        // Selections of fields, as in `fields: "id sku"`.
        const text = value.kind === Kind.STRING ? JSON.stringify(selectionText(value.value)) : print(value);
        return `${arg.value}: ${text}`;
      });
      return [`@${short}(${args.filter((arg) => arg !== DEFAULT_REASON && arg !== 'resolvable: true').sort()})`];
    })
    .sort();
}

/** `id name { first }` however it is laid out. */
function selectionText(text: string): string {
  return text
    .replace(/[\s,]+/g, ' ')
    .replace(/ ?([{}():]) ?/g, '$1')
    .trim();
}

/** The root types of each operation that the document names. */
function rootsOf({ definitions }: DocumentNode): string[] {
  return definitions
    .flatMap((definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
        ? (definition.operationTypes ?? []).map(({ operation, type }) => `${operation}: ${type.name.value}`)
        : [],
    )
    .sort();
}
