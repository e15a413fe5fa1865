import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  OperationTypeNode,
  parse,
  type SchemaDefinitionNode,
  type SchemaExtensionNode,
} from 'graphql';
import { type ConnectLink, federationDirective, readConnectLink } from './link';
import type { Application, EntityKey, SubgraphDocument } from './subgraph-document';
import { gatherTypes, mergeParts, type TypeParts, withoutDirectives } from './type-definitions';

/** A subgraph's own SDL, read as far as its names go. */
export interface SdlDocument {
  readonly document: SubgraphDocument;
  readonly link: ConnectLink | null;
}

/** @throws {GraphQLError} the text is no SDL */
export function readSdl(name: string, sdl: string): SdlDocument {
  const ast = parse(sdl);
  const schemaNodes = ast.definitions.filter(isSchemaNode);
  const links = schemaNodes.flatMap((node) => node.directives ?? []).filter(({ name: { value } }) => value === 'link');
  const link = links.map((node) => readConnectLink(node.arguments ?? [])).find((found) => found !== null) ?? null;
  const types = gatherTypes(ast.definitions);
  const key = directiveName(links, 'key');
  const external = directiveName(links, 'external');
  return {
    link,
    document: {
      name,
      types: types.flatMap(({ parts }) => mergeParts(parts) ?? []).map(withoutDirectives),
      operationTypes: operationTypes(schemaNodes, ast),
      keys: new Map(types.map((type) => [type.name, readKeys(type, key)])),
      keyDirective: key,
      external: new Set(types.flatMap((type) => externalFields(type, external))),
      sources: link === null ? [] : sourcesOn(schemaNodes, link.source),
      connects: link === null ? [] : types.flatMap((type) => connectsOn(type, link.connect)),
    },
  };
}

type SchemaNode = SchemaDefinitionNode | SchemaExtensionNode;

function isSchemaNode(node: DocumentNode['definitions'][number]): node is SchemaNode {
  return node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION;
}

function directiveName(links: readonly ConstDirectiveNode[], directive: string): string {
  const names = links.map((node) => federationDirective(node.arguments ?? [], directive));
  return names.find((found) => found !== null) ?? directive;
}

function operationTypes(schemaNodes: readonly SchemaNode[], ast: DocumentNode): SubgraphDocument['operationTypes'] {
  const named = new Map(
    schemaNodes.flatMap((node) => node.operationTypes ?? []).map(({ operation, type }) => [operation, type.name.value]),
  );
  const defined = new Set(gatherTypes(ast.definitions).map((type) => type.name));
  const query = named.get(OperationTypeNode.QUERY) ?? (defined.has('Query') ? 'Query' : undefined);
  const mutation = named.get(OperationTypeNode.MUTATION) ?? (defined.has('Mutation') ? 'Mutation' : undefined);
  return { ...(query !== undefined && { query }), ...(mutation !== undefined && { mutation }) };
}

function sourcesOn(schemaNodes: readonly SchemaNode[], directive: string): Application[] {
  return schemaNodes
    .flatMap((node) => node.directives ?? [])
    .filter((node) => node.name.value === directive)
    .map((node, index) => application(node, null, null, index));
}

function connectsOn(type: TypeParts, directive: string): Application[] {
  const named = (nodes: readonly ConstDirectiveNode[]) => nodes.filter((node) => node.name.value === directive);
  const fields = type.parts.flatMap<FieldDefinitionNode | InputValueDefinitionNode>((part) =>
    'fields' in part ? (part.fields ?? []) : [],
  );
  return [
    ...named(type.directives).map((node, index) => application(node, type.name, null, index)),
    ...fields.flatMap((field) =>
      named(field.directives ?? []).map((node, index) => application(node, type.name, field.name.value, index)),
    ),
  ];
}

function application(
  node: ConstDirectiveNode,
  typeName: string | null,
  fieldName: string | null,
  index: number,
): Application {
  return { typeName, fieldName, index, args: node.arguments ?? [], node };
}

function readKeys(type: TypeParts, directive: string): EntityKey[] {
  return type.directives
    .filter((node) => node.name.value === directive)
    .flatMap((node) => {
      const fields = node.arguments?.find(({ name }) => name.value === 'fields')?.value;
      const resolvable = node.arguments?.find(({ name }) => name.value === 'resolvable')?.value;
      if (fields?.kind !== Kind.STRING) return [];
      return [{ fields: fields.value, resolvable: resolvable?.kind !== Kind.BOOLEAN || resolvable.value }];
    });
}

function externalFields(type: TypeParts, directive: string): string[] {
  const has = (nodes: readonly ConstDirectiveNode[] | undefined) => nodes?.some(({ name }) => name.value === directive);
  return type.parts.flatMap((part) => {
    if (part.kind !== Kind.OBJECT_TYPE_DEFINITION && part.kind !== Kind.OBJECT_TYPE_EXTENSION) return [];
    const all = has(part.directives);
    return (part.fields ?? [])
      .filter((field) => all === true || has(field.directives) === true)
      .map((field) => `${type.name}.${field.name.value}`);
  });
}
