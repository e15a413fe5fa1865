import { Kind, parse, print, type SelectionNode, type SelectionSetNode, stripIgnoredCharacters } from 'graphql';
import { type FetchNode, fetchesMapped, type Plan } from '../plan';
import type { SupergraphTypes } from './supergraph-types';

/**
 * A subgraph may have a root type by another name than the supergraph (`schema { query: query_root }`), which composition does
 * not hand on. The planner selects `... on Query` where it enters a nested Query again.
 * @returns takes away the conditions on a root type that say what is known: they stand on that very type, or on an interface that
 *   no other type implements there
 */
export function withoutRootConditions(types: SupergraphTypes): (plan: Plan) => Plan {
  const roots = new Set(['query', 'mutation'].map((operation) => types.rootType(operation)));

  /** Whether an interface has no objects but those of a root type in a graph, and all that is asked of them itself. */
  function isOnly(root: string, typename: string, set: SelectionSetNode, graph: string): boolean {
    const [only, ...others] = types.isAbstract(typename) ? types.possibleIn(graph, typename) : [];
    return only === root && others.length === 0 && types.answersAll(set, typename, graph);
  }

  function simplify(set: SelectionSetNode, typename: string, graph: string): SelectionSetNode {
    const selections = set.selections.flatMap((one): readonly SelectionNode[] => {
      if (one.kind === Kind.FRAGMENT_SPREAD || one.selectionSet === undefined) return [one];
      if (one.kind === Kind.FIELD)
        return [{ ...one, selectionSet: simplify(one.selectionSet, types.fieldType(typename, one.name.value), graph) }];
      const condition = one.typeCondition?.name.value ?? typename;
      const selectionSet = simplify(one.selectionSet, condition, graph);
      const isKnown = condition === typename || isOnly(condition, typename, selectionSet, graph);
      if (!isKnown || !roots.has(condition)) return [{ ...one, selectionSet }];
      if ((one.directives ?? []).length === 0) return selectionSet.selections;
      const { typeCondition: _, ...unconditional } = one;
      return [{ ...unconditional, selectionSet }];
    });
    return { ...set, selections };
  }

  function simplifyFetch(fetch: FetchNode): FetchNode {
    const mentions = [...roots].some((root) => new RegExp(`\\bon ${root}\\b`).test(fetch.operation));
    if (!mentions) return fetch;
    const graph = types.graphOf(fetch.serviceName);
    const document = parse(fetch.operation, { noLocation: true });
    const definitions = document.definitions.map((one) =>
      one.kind === Kind.OPERATION_DEFINITION
        ? { ...one, selectionSet: simplify(one.selectionSet, types.rootType(one.operation), graph) }
        : one,
    );
    return { ...fetch, operation: stripIgnoredCharacters(print({ ...document, definitions })) };
  }

  return (plan) => fetchesMapped(plan, simplifyFetch);
}
