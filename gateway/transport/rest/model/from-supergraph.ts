import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectValueNode,
  parse,
  parseType,
  type SchemaDefinitionNode,
  type TypeDefinitionNode,
  type ValueNode,
} from 'graphql';
import type { SdlDocument } from './from-sdl';
import { type ConnectLink, readConnectLink } from './link';
import type { Application, EntityKey } from './subgraph-document';
import { withoutDirectives } from './type-definitions';

const CONNECT = 'specs.apollo.dev/connect';

/** Names of the subgraphs of a supergraph that link the connect directives. */
export function connectSubgraphs(supergraphSdl: string): readonly string[] {
  // Parsing a big supergraph only to learn that it has no REST adapter is not worth it.
  if (!supergraphSdl.includes(CONNECT)) return [];
  const ast = parsed(supergraphSdl);
  return [...graphNames(ast)].filter(([, graph]) => linkOf(schemaNode(ast), graph) !== null).map(([name]) => name);
}

/**
 * Reads one subgraph back out of a supergraph, where composition keeps connect directives as `@join__directive`.
 * @returns null when the supergraph has no subgraph of that name, or it links no connect directives
 */
export function readSupergraph(supergraphSdl: string, name: string): SdlDocument | null {
  if (!supergraphSdl.includes(CONNECT)) return null;
  const ast = parsed(supergraphSdl);
  const graph = graphNames(ast).get(name);
  const schema = schemaNode(ast);
  const link = graph === undefined ? null : linkOf(schema, graph);
  if (graph === undefined || link === null) return null;
  const own = ast.definitions
    .filter(isTypeDefinitionNode)
    .filter((type) => joins(type, 'join__type', graph).length > 0);
  return {
    link,
    document: {
      name,
      types: own.map((type) => ownPart(type, graph)),
      operationTypes: operationTypes(schema, own),
      keys: new Map(own.map((type) => [type.name.value, readKeys(type, graph)])),
      keyDirective: 'key',
      external: new Set(own.flatMap((type) => externalFields(type, graph))),
      sources: applications(schema, null, null, graph, link.source),
      connects: own.flatMap((type) => connectsOn(type, graph, link)),
    },
  };
}

interface Parsed {
  readonly sdl: string;
  readonly ast: DocumentNode;
}

/** One supergraph is asked for each of its subgraphs in turn; held weakly, for the tree of a big one takes much memory. */
let lastParsed: WeakRef<Parsed> | undefined;

function parsed(sdl: string): DocumentNode {
  const last = lastParsed?.deref();
  if (last?.sdl === sdl) return last.ast;
  // Lines of a supergraph are of no help to whoever wrote the adapter.
  const next: Parsed = { sdl, ast: parse(sdl, { noLocation: true }) };
  lastParsed = new WeakRef(next);
  return next.ast;
}

function schemaNode(ast: DocumentNode): SchemaDefinitionNode | undefined {
  return ast.definitions.find((node) => node.kind === Kind.SCHEMA_DEFINITION);
}

type Annotated = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

/** Subgraph name to value of join__Graph. */
function graphNames(ast: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const node of ast.definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION || node.name.value !== 'join__Graph') continue;
    for (const value of node.values ?? []) {
      const graph = value.directives?.find((directive) => directive.name.value === 'join__graph');
      const name = graph === undefined ? undefined : argument(graph, 'name');
      if (name?.kind === Kind.STRING) names.set(name.value, value.name.value);
    }
  }
  return names;
}

function linkOf(schema: SchemaDefinitionNode | undefined, graph: string): ConnectLink | null {
  const links = applications(schema, null, null, graph, 'link');
  return links.map(({ args }) => readConnectLink(args)).find((found) => found !== null) ?? null;
}

/** Uses of `@join__directive(graphs: […graph…], name: directive, args: {…})`. */
function applications(
  node: Annotated | undefined,
  typeName: string | null,
  fieldName: string | null,
  graph: string,
  directive: string,
): Application[] {
  const found: ConstDirectiveNode[] = (node?.directives ?? []).filter((candidate) => {
    const graphs = argument(candidate, 'graphs');
    const name = argument(candidate, 'name');
    if (candidate.name.value !== 'join__directive' || name?.kind !== Kind.STRING) return false;
    return (
      name.value === directive && graphs?.kind === Kind.LIST && graphs.values.some((value) => isEnum(value, graph))
    );
  });
  return found.map((node, index) => {
    const args = argument(node, 'args');
    return {
      typeName,
      fieldName,
      index,
      args: args?.kind === Kind.OBJECT ? (args as ObjectValueNode).fields : [],
      node,
    };
  });
}

function connectsOn(type: TypeDefinitionNode, graph: string, link: ConnectLink): Application[] {
  const name = type.name.value;
  return [
    ...applications(type, name, null, graph, link.connect),
    ...fieldsOf(type).flatMap((field) => applications(field, name, field.name.value, graph, link.connect)),
  ];
}

function operationTypes(schema: SchemaDefinitionNode | undefined, own: readonly TypeDefinitionNode[]) {
  const defined = new Set(own.map((type) => type.name.value));
  const found: { query?: string; mutation?: string } = {};
  for (const { operation, type } of schema?.operationTypes ?? []) {
    if (operation !== 'subscription' && defined.has(type.name.value)) found[operation] = type.name.value;
  }
  return found;
}

/** The type as this subgraph knows it: its fields with its types, its members, its values. */
function ownPart(type: TypeDefinitionNode, graph: string): TypeDefinitionNode {
  return withoutDirectives(selectOwn(type, graph));
}

function selectOwn(type: TypeDefinitionNode, graph: string): TypeDefinitionNode {
  switch (type.kind) {
    case Kind.INTERFACE_TYPE_DEFINITION:
      return isInterfaceObject(type, graph)
        ? { ...ownFields(type, graph), kind: Kind.OBJECT_TYPE_DEFINITION, interfaces: [] }
        : ownFields(type, graph);
    case Kind.OBJECT_TYPE_DEFINITION:
      return ownFields(type, graph);
    case Kind.UNION_TYPE_DEFINITION: {
      const members = joins(type, 'join__unionMember', graph).map((node) => textArgument(node, 'member'));
      return { ...type, types: (type.types ?? []).filter(({ name }) => members.includes(name.value)) };
    }
    case Kind.ENUM_TYPE_DEFINITION:
      return {
        ...type,
        values: (type.values ?? []).filter((value) => joins(value, 'join__enumValue', graph).length > 0),
      };
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return { ...type, fields: (type.fields ?? []).filter((field) => isOwn(field, graph)) };
    default:
      return type;
  }
}

function ownFields<Type extends ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode>(
  type: Type,
  graph: string,
): Type {
  const implemented = joins(type, 'join__implements', graph).map((node) => textArgument(node, 'interface'));
  return {
    ...type,
    interfaces: (type.interfaces ?? []).filter(({ name }) => implemented.includes(name.value)),
    fields: (type.fields ?? []).filter((field) => isOwn(field, graph)).map((field) => withOwnType(field, graph)),
  };
}

/** A field without `@join__field` belongs to every subgraph that has its type. */
function isOwn(field: Annotated, graph: string): boolean {
  const all = (field.directives ?? []).filter(({ name }) => name.value === 'join__field');
  return all.length === 0 || joins(field, 'join__field', graph).length > 0;
}

/** `@join__field(type:)` says when this subgraph's type differs from the supergraph's. */
function withOwnType(field: FieldDefinitionNode, graph: string): FieldDefinitionNode {
  const [join] = joins(field, 'join__field', graph);
  const type = join === undefined ? null : textArgument(join, 'type');
  return type === null ? field : { ...field, type: parseType(type) };
}

function isInterfaceObject(type: Annotated, graph: string): boolean {
  return joins(type, 'join__type', graph).some((node) => isTrue(argument(node, 'isInterfaceObject')));
}

function readKeys(type: TypeDefinitionNode, graph: string): EntityKey[] {
  return joins(type, 'join__type', graph).flatMap((node) => {
    const fields = textArgument(node, 'key');
    const resolvable = argument(node, 'resolvable');
    return fields === null ? [] : [{ fields, resolvable: resolvable === undefined || isTrue(resolvable) }];
  });
}

function externalFields(type: TypeDefinitionNode, graph: string): string[] {
  return fieldsOf(type)
    .filter((field) => joins(field, 'join__field', graph).some((node) => isTrue(argument(node, 'external'))))
    .map((field) => `${type.name.value}.${field.name.value}`);
}

function fieldsOf(type: TypeDefinitionNode): readonly FieldDefinitionNode[] {
  const hasFields = type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;
  return hasFields ? (type.fields ?? []) : [];
}

function joins(node: Annotated, directive: string, graph: string): readonly ConstDirectiveNode[] {
  return (node.directives ?? []).filter(
    (candidate) => candidate.name.value === directive && isEnum(argument(candidate, 'graph'), graph),
  );
}

function argument(node: ConstDirectiveNode, name: string): ValueNode | undefined {
  return node.arguments?.find((candidate) => candidate.name.value === name)?.value;
}

function textArgument(node: ConstDirectiveNode, name: string): string | null {
  const value = argument(node, name);
  return value?.kind === Kind.STRING ? value.value : null;
}

function isEnum(value: ValueNode | undefined, name: string): boolean {
  return value?.kind === Kind.ENUM && value.value === name;
}

function isTrue(value: ValueNode | undefined): boolean {
  return value?.kind === Kind.BOOLEAN && value.value;
}
