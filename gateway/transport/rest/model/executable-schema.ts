import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  type TypeDefinitionNode,
} from 'graphql';
import { keepNumbers, withStandIns } from './exact-scalars';
import type { SubgraphDocument } from './subgraph-document';

/**
 * The subgraph as a GraphQL service would have it: its types, `_entities` and `_service`.
 * @throws {Error} a type is named that is not defined
 */
export function executableSchema(document: SubgraphDocument): GraphQLSchema {
  const entities = entityTypes(document);
  const query = document.operationTypes.query ?? 'Query';
  const own = document.types.filter((type) => type.name.value !== query);
  const ast: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      ...own,
      ...federationTypes(entities),
      queryType(document, query, entities),
      ...schemaNode(document, query),
    ],
  };
  const schema = buildASTSchema(withStandIns(ast), { assumeValidSDL: true });
  keepNumbers(schema);
  return schema;
}

/** Object types that another subgraph may refer to. */
function entityTypes({ types, keys }: SubgraphDocument): readonly string[] {
  return types
    .filter((type) => type.kind === Kind.OBJECT_TYPE_DEFINITION)
    .map((type) => type.name.value)
    .filter((name) => keys.get(name)?.some((key) => key.resolvable) === true);
}

function federationTypes(entities: readonly string[]): readonly DefinitionNode[] {
  const union = entities.length === 0 ? '' : `union _Entity = ${entities.join(' | ')}`;
  return parse(`scalar _Any  type _Service { sdl: String! }  ${union}`, { noLocation: true }).definitions;
}

function queryType({ types }: SubgraphDocument, name: string, entities: readonly string[]): TypeDefinitionNode {
  const lookups = entities.length === 0 ? '' : '_entities(representations: [_Any!]!): [_Entity]!';
  const [added] = parse(`type ${name} { ${lookups} _service: _Service! }`, { noLocation: true }).definitions;
  if (added?.kind !== Kind.OBJECT_TYPE_DEFINITION) throw new Error('the federation fields did not parse to a type');
  const own = types.find((type) => type.name.value === name);
  if (own?.kind !== Kind.OBJECT_TYPE_DEFINITION) return added;
  return { ...own, fields: [...(own.fields ?? []), ...(added.fields ?? [])] };
}

function schemaNode({ operationTypes }: SubgraphDocument, query: string): readonly DefinitionNode[] {
  const mutation = operationTypes.mutation === undefined ? '' : `mutation: ${operationTypes.mutation}`;
  return parse(`schema { query: ${query} ${mutation} }`, { noLocation: true }).definitions;
}
