import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';
import { type FetchNode, fetchesMapped, type Plan, type PlanNode } from '../plan';
import type { SupergraphTypes } from './supergraph-types';

/** Fetches taken out of one plan: each costs a look at all pairs. */
const ROUNDS_MAX = 50;

/** A fetch that is always made, and where it stands. */
interface Placed {
  readonly fetch: FetchNode;
  readonly path: readonly string[];
  /** The nodes above it, outermost first, and which of their children leads to it. */
  readonly above: readonly { readonly node: PlanNode; readonly index: number }[];
}

/** What an entity fetch asks of objects of one type. */
interface Asked {
  readonly typename: string;
  readonly set: SelectionSetNode;
}

function placedIn(node: PlanNode, path: readonly string[] = [], above: Placed['above'] = []): readonly Placed[] {
  switch (node.kind) {
    case 'Fetch':
      return [{ fetch: node, path, above }];
    case 'Flatten':
      return placedIn(node.node, node.path, above);
    case 'Condition':
      return [];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((one, index) => placedIn(one, path, [...above, { node, index }]));
  }
}

function isBefore(one: Placed, other: Placed): boolean {
  const at = one.above.findIndex(({ index }, depth) => index !== other.above[depth]?.index);
  const [here, there] = [one.above[at], other.above[at]];
  return here?.node.kind === 'Sequence' && there !== undefined && here.index < there.index;
}

const parsed = new WeakMap<FetchNode, OperationDefinitionNode | null>();

function operationOf(fetch: FetchNode): OperationDefinitionNode | null {
  const known = parsed.get(fetch);
  if (known !== undefined) return known;
  const [definition] = parse(fetch.operation, { noLocation: true }).definitions;
  const operation = definition?.kind === Kind.OPERATION_DEFINITION ? definition : null;
  parsed.set(fetch, operation);
  return operation;
}

/** Null for whatever asks several types, or under conditions. */
function entitiesIn(set: SelectionSetNode): Asked | null {
  const [root] = set.selections;
  if (root?.kind !== Kind.FIELD || root.name.value !== '_entities') return null;
  const [one, ...others] = root.selectionSet?.selections ?? [];
  const isPlain = one?.kind === Kind.INLINE_FRAGMENT && (one.directives ?? []).length === 0 && others.length === 0;
  const typename = isPlain ? one.typeCondition?.name.value : undefined;
  return isPlain && typename !== undefined ? { typename, set: one.selectionSet } : null;
}

function keyOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}

/** Null when something else stands under one of the keys already, at whatever type. */
function merged(set: SelectionSetNode, added: SelectionSetNode): SelectionSetNode | null {
  const known = set.selections.filter((one) => one.kind === Kind.FIELD);
  if (known.length < set.selections.length) return null;
  const selections: SelectionNode[] = [];
  for (const one of added.selections) {
    if (one.kind !== Kind.FIELD) return null;
    const same = known.filter((other) => keyOf(other) === keyOf(one));
    if (same.some((other) => print({ ...other, directives: [] }) !== print(one))) return null;
    if (same.every(({ directives = [] }) => directives.length > 0)) selections.push(one);
  }
  return { ...set, selections: [...set.selections, ...selections] };
}

/**
 * A plan without the fetches for what an earlier one can bring along. The planner does not ask the subgraph that an object came
 * from for what another one requires when that subgraph resolves no reference: it could not go back into it.
 */
export function withBroughtAlong(types: SupergraphTypes): (plan: Plan) => Plan {
  /** The set with more selected at a path below it, or null. @param path response keys, `@` for lists */
  function add(
    set: SelectionSetNode,
    typename: string,
    path: readonly string[],
    asked: Asked,
  ): SelectionSetNode | null {
    const [key, ...rest] = path.filter((element) => element !== '@');
    if (key === undefined) return typename === asked.typename ? merged(set, asked.set) : null;
    const at = set.selections.findIndex((one) => one.kind === Kind.FIELD && keyOf(one) === key);
    const field = set.selections[at];
    if (field?.kind !== Kind.FIELD || field.selectionSet === undefined || (field.directives ?? []).length > 0)
      return null;
    const below = add(field.selectionSet, types.fieldType(typename, field.name.value), rest, asked);
    return below && { ...set, selections: set.selections.with(at, { ...field, selectionSet: below }) };
  }

  /** The earlier fetch with the other's selection in it, or null when it cannot bring that along. */
  function bring(earlier: Placed, later: Placed, asked: Asked): FetchNode | null {
    const { fetch, path } = earlier;
    const graph = types.graphOf(fetch.serviceName);
    const isAbove = path.every((element, index) => element === later.path[index]);
    const canGoBack = types.resolvesReferences(asked.typename, graph);
    if (!isAbove || canGoBack || !types.answersAll(asked.set, asked.typename, graph)) return null;
    const operation = operationOf(fetch);
    if (operation === null) return null;
    const entities = entitiesIn(operation.selectionSet);
    const isRoot = path.length === 0 && fetch.requires === undefined;
    if (!isRoot && entities === null) return null;
    const begin = entities ?? { typename: types.rootType(fetch.operationKind), set: operation.selectionSet };
    const set = add(begin.set, begin.typename, later.path.slice(path.length), asked);
    if (set === null) return null;
    const replace = (one: SelectionSetNode): SelectionSetNode => (one === begin.set ? set : one);
    const document: DocumentNode = {
      kind: Kind.DOCUMENT,
      definitions: [
        { ...operation, selectionSet: entities === null ? set : inEntities(operation.selectionSet, replace) },
      ],
    };
    return { ...fetch, operation: stripIgnoredCharacters(print(document)) };
  }

  function improve(node: PlanNode): PlanNode | null {
    const placed = placedIn(node);
    for (const later of placed) {
      const operation = later.fetch.requires === undefined ? null : operationOf(later.fetch);
      const isSimple = later.fetch.variableUsages.length === 0 && later.fetch.outputRewrites === undefined;
      const asked = operation === null || !isSimple ? null : entitiesIn(operation.selectionSet);
      if (asked === null) continue;
      for (const earlier of placed) {
        const changed = isBefore(earlier, later) ? bring(earlier, later, asked) : null;
        if (changed === null) continue;
        return without(fetchesMapped({ node }, (one) => (one === earlier.fetch ? changed : one)).node, later.fetch);
      }
    }
    return null;
  }

  return ({ node }) => {
    if (node === null || !types.hasRequirements) return { node };
    let best = node;
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const next = improve(best);
      if (next === null) break;
      best = next;
    }
    return { node: best };
  };
}

function inEntities(set: SelectionSetNode, replace: (set: SelectionSetNode) => SelectionSetNode): SelectionSetNode {
  const selections = set.selections.map((one): SelectionNode => {
    if (one.kind === Kind.FRAGMENT_SPREAD || one.selectionSet === undefined) return one;
    const own = replace(one.selectionSet);
    return { ...one, selectionSet: own === one.selectionSet ? inEntities(own, replace) : own };
  });
  return { ...set, selections };
}

/** The plan without a fetch; null when nothing else is in it. */
function without(node: PlanNode | null, fetch: FetchNode): PlanNode | null {
  if (node === null) return null;
  switch (node.kind) {
    case 'Fetch':
      return node === fetch ? null : node;
    case 'Flatten':
    case 'Condition': {
      if (node.kind === 'Condition') return node;
      const below = without(node.node, fetch);
      return below && { ...node, node: below };
    }
    case 'Sequence':
    case 'Parallel': {
      const nodes = node.nodes.flatMap((one) => without(one, fetch) ?? []);
      return nodes.length === 0 ? null : { ...node, nodes };
    }
  }
}
