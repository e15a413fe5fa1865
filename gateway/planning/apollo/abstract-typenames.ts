import {
  type DocumentNode,
  type FieldNode,
  Kind,
  parse,
  parseType,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';
import { graphNames, joinArgument, namedType } from '../../supergraph/join-directives';
import { type FetchNode, fetchesMapped, type Plan } from '../plan';

/** What a field leads to: in general, and in the graphs that say it is something narrower. */
interface Field {
  readonly type: string;
  readonly byGraph: ReadonlyMap<string, string>;
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function readFields(supergraph: DocumentNode): ReadonlyMap<string, ReadonlyMap<string, Field>> {
  const types = new Map<string, ReadonlyMap<string, Field>>();
  for (const one of supergraph.definitions) {
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION && one.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const fields = (one.fields ?? []).map(({ name, type, directives = [] }) => {
      const byGraph = directives.flatMap((join) => {
        const text = join.name.value === 'join__field' ? joinArgument(join, 'type') : null;
        return text === null ? [] : [[joinArgument(join, 'graph') ?? '', namedType(parseType(text))] as const];
      });
      return [name.value, { type: namedType(type), byGraph: new Map(byGraph) }] as const;
    });
    types.set(one.name.value, new Map(fields));
  }
  return types;
}

function hasTypename({ selections }: SelectionSetNode): boolean {
  return selections.some((one) => one.kind === Kind.FIELD && (one.alias ?? one.name).value === '__typename');
}

/**
 * A field may be of an object type in one subgraph and of a union or an interface that has that type for all others. The
 * planner does not ask the first of them for the type of its objects, which clients want to know all the same.
 * @returns adds `__typename` where it is missing
 */
export function abstractTypenames(supergraph: DocumentNode): (plan: Plan) => Plan {
  const types = readFields(supergraph);
  const graphs = graphNames(supergraph);
  const roots = new Map<string, string>();
  for (const one of supergraph.definitions)
    if (one.kind === Kind.SCHEMA_DEFINITION)
      for (const { operation, type } of one.operationTypes) roots.set(operation, type.name.value);
  const fields = [...types.values()].flatMap((byName) => [...byName.values()]);
  const isAny = fields.some(({ type, byGraph }) => [...byGraph.values()].some((one) => one !== type));
  if (!isAny) return (plan) => plan;

  function complete(set: SelectionSetNode, typename: string, graph: string): SelectionSetNode {
    const selections = set.selections.map((one): SelectionNode => {
      if (one.kind === Kind.FRAGMENT_SPREAD || one.selectionSet === undefined) return one;
      if (one.kind === Kind.INLINE_FRAGMENT)
        return { ...one, selectionSet: complete(one.selectionSet, one.typeCondition?.name.value ?? typename, graph) };
      const field = types.get(typename)?.get(one.name.value);
      const type = field?.byGraph.get(graph) ?? field?.type ?? '';
      const selectionSet = complete(one.selectionSet, type, graph);
      const isAsked = field === undefined || field.type === type || hasTypename(selectionSet);
      return {
        ...one,
        selectionSet: isAsked ? selectionSet : { ...selectionSet, selections: [TYPENAME, ...selectionSet.selections] },
      };
    });
    return { ...set, selections };
  }

  function completeFetch(fetch: FetchNode): FetchNode {
    const document = parse(fetch.operation, { noLocation: true });
    const root = roots.get(fetch.operationKind) ?? '';
    const graph = graphs.get(fetch.serviceName) ?? '';
    const definitions = document.definitions.map((one) =>
      one.kind === Kind.OPERATION_DEFINITION ? { ...one, selectionSet: complete(one.selectionSet, root, graph) } : one,
    );
    return { ...fetch, operation: stripIgnoredCharacters(print({ ...document, definitions })) };
  }

  return (plan) => fetchesMapped(plan, completeFetch);
}
