import { type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';
import type { EntityConnector } from '../connector';
import { fieldSetPaths } from '../model/entity-keys';
import { positionOf } from '../model/position';
import type { Problems } from '../model/problems';
import type { SubgraphDocument } from '../model/subgraph-document';
import type { Provided } from '../model/walk-shape';

/** Connectors of a subgraph and what they give, seen as a whole. */
export interface Coverage {
  readonly document: SubgraphDocument;
  readonly schema: GraphQLSchema;
  readonly problems: Problems;
  /** `Type.field` of every field that has a connector of its own. */
  readonly connected: ReadonlySet<string>;
  readonly provided: Provided;
  readonly entities: ReadonlyMap<string, readonly EntityConnector[]>;
}

/** Every field can be answered by somebody, and every entity can be found by its keys. */
export function checkCoverage(coverage: Coverage): void {
  const { schema } = coverage;
  const roots = [schema.getQueryType(), schema.getMutationType()];
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || type.name === '_Service') continue;
    if (roots.includes(type)) checkRoot(type, coverage);
    else {
      checkFields(type, coverage);
      checkKeys(type, coverage);
    }
  }
}

function checkRoot(type: GraphQLObjectType, { connected, document, problems }: Coverage): void {
  for (const field of Object.values(type.getFields())) {
    const coordinate = `${type.name}.${field.name}`;
    if (field.name.startsWith('_') && ['_entities', '_service'].includes(field.name)) continue;
    if (connected.has(coordinate) || document.external.has(coordinate)) continue;
    const message = `a field of ${type.name} needs @connect: nothing else can answer it; write @connect(source: "…", http: { GET: "/…" }, selection: "…")`;
    problems.add('ROOT_FIELD_WITHOUT_CONNECT', message, coordinate, positionOf(field.astNode ?? undefined));
  }
}

/** Fields that this subgraph's own mappings or connectors must answer. */
function plainFields(type: GraphQLObjectType, { connected, document }: Coverage) {
  const keys = (document.keys.get(type.name) ?? []).flatMap(({ fields }) =>
    fieldSetPaths(fields).map(([first]) => first),
  );
  return Object.values(type.getFields()).filter(({ name }) => {
    const coordinate = `${type.name}.${name}`;
    return !keys.includes(name) && !connected.has(coordinate) && !document.external.has(coordinate);
  });
}

function checkFields(type: GraphQLObjectType, coverage: Coverage): void {
  const provided = coverage.provided.get(type.name);
  // A type that no mapping gives anything of is either unused or reported by its keys.
  if (provided === undefined || provided === 'all') return;
  for (const field of plainFields(type, coverage)) {
    if (provided.has(field.name)) continue;
    const message = `no selection gives \`${field.name}\` and it has no @connect of its own: add \`${field.name}\` to a selection that answers ${type.name}, or @connect to the field`;
    const position = positionOf(field.astNode ?? undefined);
    coverage.problems.add('FIELD_UNRESOLVED', message, `${type.name}.${field.name}`, position);
  }
}

function checkKeys(type: GraphQLObjectType, coverage: Coverage): void {
  const connectors = coverage.entities.get(type.name) ?? [];
  if (plainFields(type, coverage).length === 0) return;
  for (const key of coverage.document.keys.get(type.name) ?? []) {
    const paths = fieldSetPaths(key.fields).map((path) => path.join('.'));
    const found = connectors.some(({ keys }) => keys.every((path) => paths.includes(path.join('.'))));
    if (!key.resolvable || found) continue;
    const message =
      `nothing loads a ${type.name} by its key "${key.fields}": put @connect on the type (with $this or $batch), ` +
      'or `entity: true` on a Query field, or `resolvable: false` on the key';
    coverage.problems.add('ENTITY_UNRESOLVED', message, type.name, positionOf(type.astNode ?? undefined));
  }
}
