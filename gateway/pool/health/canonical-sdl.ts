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

/** What composition looks at. Others are dropped: many servers do not show their own in `_service`. */
const DIRECTIVES = new Set(
  (
    'key requires provides external shareable override inaccessible tag interfaceObject authenticated requiresScopes ' +
    'policy context fromContext cost listSize deprecated specifiedBy oneOf'
  ).split(' '),
);
/** What a server of the federation adds by itself. */
const ADDED_TYPES = /^(?:_Any|_Entity|_Service|_FieldSet|FieldSet|(?:federation|link)__\w+)$/;
const ADDED_FIELDS = new Set(['_entities', '_service']);
const DEFAULT_REASON = 'reason: "No longer supported"';

type TypeNode = TypeDefinitionNode | TypeExtensionNode;

interface Type {
  kind: string;
  readonly parts: Set<string>;
}

/**
 * A schema as composition understands it, as text: equal for schemas that differ only in layout, descriptions, order, in
 * `extend`, in custom directives, or in the definitions that servers add by themselves.
 * @throws {GraphQLError} for what is not SDL
 */
export function canonicalSdl(sdl: string): string {
  const document: DocumentNode = parse(sdl, { noLocation: true });
  const types = new Map<string, Type>();
  for (const definition of document.definitions) {
    if (!isType(definition) || ADDED_TYPES.test(definition.name.value)) continue;
    const { name, kind } = definition;
    const type = types.get(name.value) ?? { kind: '', parts: new Set() };
    type.kind = kind.replace(/Extension$/, 'Definition');
    for (const part of partsOf(definition)) type.parts.add(part);
    types.set(name.value, type);
  }
  const lines = Array.from(types, ([name, { kind, parts }]) => `${kind} ${name} ${[...parts].sort().join(' ; ')}`);
  return [...rootsOf(document), ...lines.sort()].join('\n');
}

function isType(definition: DefinitionNode): definition is TypeNode {
  return /Type(?:Definition|Extension)$/.test(definition.kind);
}

function* partsOf(type: TypeNode): Generator<string> {
  yield* directives(type.directives);
  if ('interfaces' in type) for (const { name } of type.interfaces ?? []) yield `implements ${name.value}`;
  if ('types' in type) for (const { name } of type.types ?? []) yield `| ${name.value}`;
  if ('values' in type)
    for (const { name, directives: applied } of type.values ?? [])
      yield `${name.value} ${directives(applied).join(' ')}`;
  if ('fields' in type)
    for (const field of type.fields ?? []) if (!ADDED_FIELDS.has(field.name.value)) yield fieldText(field);
}

function fieldText(field: FieldDefinitionNode | InputValueDefinitionNode): string {
  const args = 'arguments' in field ? (field.arguments ?? []).map(fieldText).sort() : [];
  const preset = 'defaultValue' in field && field.defaultValue ? ` = ${print(field.defaultValue)}` : '';
  return `${field.name.value}(${args.join(', ')}): ${print(field.type)}${preset} ${directives(field.directives).join(' ')}`;
}

function directives(applied: readonly ConstDirectiveNode[] = []): string[] {
  return applied
    .flatMap(({ name, arguments: given = [] }) => {
      const short = name.value.replace(/^federation__/, '');
      if (!DIRECTIVES.has(short)) return [];
      const args = given.map(({ name: arg, value }) => {
        // Selections of fields, as in `fields: "id sku"`.
        const text =
          value.kind === Kind.STRING ? JSON.stringify(value.value.replace(/[\s,]+/g, ' ').trim()) : print(value);
        return `${arg.value}: ${text}`;
      });
      return [`@${short}(${args.filter((arg) => arg !== DEFAULT_REASON && arg !== 'resolvable: true').sort()})`];
    })
    .sort();
}

/** Root types with names of their own. */
function rootsOf({ definitions }: DocumentNode): string[] {
  return definitions
    .flatMap((definition) =>
      definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
        ? (definition.operationTypes ?? []).map(({ operation, type }) => `${operation}: ${type.name.value}`)
        : [],
    )
    .filter((root) => !['query: Query', 'mutation: Mutation', 'subscription: Subscription'].includes(root))
    .sort();
}
