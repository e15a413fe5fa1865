import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  visit,
} from 'graphql';
import { fieldSet, graphNames, joinArgument, namedType } from '../../supergraph/join-directives';
import type { Plan, PlanNode, RequiredSelection } from '../plan';

type FieldsType = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** What a subgraph must be sent to be asked for a field. */
interface Requirement {
  readonly subgraph: string;
  /** Its name in the join__Graph enum. */
  readonly graph: string;
  /** Key and required fields. */
  readonly sent: SelectionSetNode;
  /** Requirements of requirements, counted. */
  readonly depth: number;
  /** Each key of the type has something that the subgraph declares `@external`: the planner finds no way back into it. */
  readonly isUnkeyed: boolean;
}

interface LateField extends Requirement {
  readonly path: readonly string[];
  readonly typename: string;
  readonly field: FieldNode;
}

/** An operation in two steps: one to plan, and what is fetched when everything of it is answered. */
export interface Postponed {
  readonly document: DocumentNode;
  /** @returns the plan of both steps */
  complete(first: Plan): Plan;
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function listLevels(type: TypeNode): string[] {
  if (type.kind === Kind.NON_NULL_TYPE) return listLevels(type.type);
  return type.kind === Kind.LIST_TYPE ? ['@', ...listLevels(type.type)] : [];
}

function requiredSelections(set: SelectionSetNode): RequiredSelection[] {
  return set.selections.flatMap((one): RequiredSelection[] => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return [];
    const selections = one.selectionSet === undefined ? undefined : requiredSelections(one.selectionSet);
    if (one.kind === Kind.FIELD)
      return [{ kind: 'Field', name: one.name.value, ...(selections === undefined ? {} : { selections }) }];
    const condition = one.typeCondition?.name.value;
    return [
      {
        kind: 'InlineFragment',
        ...(condition === undefined ? {} : { typeCondition: condition }),
        selections: selections ?? [],
      },
    ];
  });
}

/** The operation with its fragments written out. */
function writtenOut(document: DocumentNode, operation: OperationDefinitionNode): SelectionSetNode {
  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
  );
  const expand = (set: SelectionSetNode): SelectionSetNode => ({
    ...set,
    selections: set.selections.flatMap((one): SelectionNode[] => {
      if (one.kind !== Kind.FRAGMENT_SPREAD)
        return [one.selectionSet === undefined ? one : { ...one, selectionSet: expand(one.selectionSet) }];
      const fragment = fragments.get(one.name.value);
      if (fragment === undefined) return [];
      const { typeCondition, selectionSet } = fragment;
      const { directives = [] } = one;
      return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet: expand(selectionSet) }];
    }),
  });
  return expand(operation.selectionSet);
}

function requirementReader(types: ReadonlyMap<string, FieldsType>, subgraphs: ReadonlyMap<string, string>) {
  const known = new Map<string, Requirement | null>();

  function keysOf(type: FieldsType, graph: string): readonly string[] {
    const keys = (type.directives ?? []).filter(
      (one) =>
        one.name.value === 'join__type' &&
        joinArgument(one, 'graph') === graph &&
        joinArgument(one, 'resolvable') !== 'false',
    );
    return keys.map((one) => joinArgument(one, 'key')).filter((key) => key !== null);
  }

  function hasExternal(set: SelectionSetNode, typename: string, graph: string): boolean {
    return set.selections.some((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return false;
      if (one.kind === Kind.INLINE_FRAGMENT)
        return hasExternal(one.selectionSet, one.typeCondition?.name.value ?? typename, graph);
      const field = fieldOf(types, typename, one.name.value);
      const isExternal = field?.directives?.some(
        (join) => joinArgument(join, 'graph') === graph && joinArgument(join, 'external') === 'true',
      );
      if (field === undefined || isExternal === true) return isExternal === true;
      return one.selectionSet !== undefined && hasExternal(one.selectionSet, namedType(field.type), graph);
    });
  }

  function depthOf(set: SelectionSetNode, typename: string): number {
    const depths = set.selections.map((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return 0;
      if (one.kind === Kind.INLINE_FRAGMENT)
        return depthOf(one.selectionSet, one.typeCondition?.name.value ?? typename);
      const field = fieldOf(types, typename, one.name.value);
      const below =
        one.selectionSet === undefined || field === undefined ? 0 : depthOf(one.selectionSet, namedType(field.type));
      return Math.max(below, requirementOf(typename, one.name.value)?.depth ?? 0);
    });
    return Math.max(0, ...depths);
  }

  /** Null for a field that some subgraph answers without requirements; else that with the shortest chain. */
  function requirementOf(typename: string, name: string): Requirement | null {
    const id = `${typename}.${name}`;
    const found = known.get(id);
    if (found !== undefined) return found;
    known.set(id, null); // composition refuses requirements that require each other
    const type = types.get(typename);
    const directives: readonly ConstDirectiveNode[] = fieldOf(types, typename, name)?.directives ?? [];
    const owners = directives.filter(
      (one) => one.name.value === 'join__field' && joinArgument(one, 'external') !== 'true',
    );
    if (type?.kind !== Kind.OBJECT_TYPE_DEFINITION) return null;
    const requirements = owners.map((owner) => requirementIn(type, owner));
    // One that requires nothing is asked by the planner itself.
    if (requirements.some((one) => one === null)) return null;
    const shortest = requirements.reduce((a, b) => (a === null || (b !== null && b.depth < a.depth) ? b : a), null);
    known.set(id, shortest);
    return shortest;
  }

  function requirementIn(type: FieldsType, owner: ConstDirectiveNode): Requirement | null {
    // What a fetch for such a field has to be given is known to the planner only.
    if (owner.arguments?.some((one) => one.name.value === 'contextArguments')) return null;
    const requires = joinArgument(owner, 'requires');
    const graph = joinArgument(owner, 'graph') ?? '';
    const keys = keysOf(type, graph);
    const [key] = keys;
    if (requires === null || key === undefined) return null;
    const sent = fieldSet(`__typename ${key} ${requires}`);
    const depth = 1 + depthOf(sent, type.name.value);
    const isUnkeyed = keys.every((one) => hasExternal(fieldSet(one), type.name.value, graph));
    return { subgraph: subgraphs.get(graph) ?? graph, graph, sent, depth, isUnkeyed };
  }

  return requirementOf;
}

function fieldOf(
  types: ReadonlyMap<string, FieldsType>,
  typename: string,
  name: string,
): FieldDefinitionNode | undefined {
  return types.get(typename)?.fields?.find((one) => one.name.value === name);
}

/** True when a graph answers a field, given an object of the type and nothing else. */
function answers(type: FieldsType | undefined, field: FieldDefinitionNode, graph: string): boolean {
  const inGraph = (one: ConstDirectiveNode) => joinArgument(one, 'graph') === graph;
  const joins = field.directives?.filter((one) => one.name.value === 'join__field') ?? [];
  // Without a word about it a field is in every graph that has the type.
  if (joins.length === 0)
    return type?.directives?.some((one) => one.name.value === 'join__type' && inGraph(one)) ?? false;
  const hindrances = ['external', 'requires', 'overrideLabel', 'usedOverridden', 'contextArguments'];
  return joins.some(
    (one) =>
      inGraph(one) && !one.arguments?.some(({ name, value }) => hindrances.includes(name.value) && !isFalse(value)),
  );
}

function isFalse(value: ConstValueNode): boolean {
  return value.kind === Kind.BOOLEAN && !value.value;
}

/** The executor wants to know of each object below which type it is. */
function withTypenames(field: FieldNode): FieldNode {
  return visit(field, {
    Field({ selectionSet, ...node }) {
      if (selectionSet === undefined) return undefined;
      return { ...node, selectionSet: { ...selectionSet, selections: [TYPENAME, ...selectionSet.selections] } };
    },
  });
}

function lateFetch(late: LateField, operation: OperationDefinitionNode): PlanNode {
  const { subgraph, sent, path, typename, field } = late;
  const used = new Set<string>();
  visit(field, { Variable: ({ name }) => void used.add(name.value) });
  const definitions = (operation.variableDefinitions ?? []).filter((one) => used.has(one.variable.name.value));
  const variables = ['$representations: [_Any!]!', ...definitions.map((one) => print(one))].join(', ');
  const fetch: PlanNode = {
    kind: 'Fetch',
    serviceName: subgraph,
    operation: `query(${variables}) { _entities(representations: $representations) { ... on ${typename} { ${print(withTypenames(field))} } } }`,
    operationKind: 'query',
    variableUsages: definitions.map((one) => one.variable.name.value),
    requires: [{ kind: 'InlineFragment', typeCondition: typename, selections: requiredSelections(sent) }],
  };
  return path.length === 0 ? fetch : { kind: 'Flatten', path, node: fetch };
}

/**
 * Takes apart what the planner cannot plan: of the fields with the longest chain of requirements, the first step has what
 * they require, as if the client had asked for it, and a fetch after all others has the fields themselves. Fields that
 * require something behind keys that are `@external` come before. To be used
 * again on the first step when that cannot be planned either; its chains are shorter.
 * @param supergraph as the planner has it
 * @returns null when nothing can be taken apart: no chain, or fields that continue into other subgraphs
 * @see mutationOf: a mutation has to have one root field only
 */
export function fieldPostponer(
  supergraph: DocumentNode,
): (document: DocumentNode, operationName: string | null) => Postponed | null {
  const types = new Map<string, FieldsType>();
  const roots = new Map<string, string>();
  for (const one of supergraph.definitions) {
    if (one.kind === Kind.OBJECT_TYPE_DEFINITION || one.kind === Kind.INTERFACE_TYPE_DEFINITION)
      types.set(one.name.value, one);
    if (one.kind === Kind.SCHEMA_DEFINITION)
      for (const { operation, type } of one.operationTypes) roots.set(operation, type.name.value);
  }
  const subgraphs = new Map([...graphNames(supergraph)].map(([name, graph]) => [graph, name]));
  const requirementOf = requirementReader(types, subgraphs);

  /** True when a graph answers all of what is selected below a field by itself. */
  function isAnswered(set: SelectionSetNode | undefined, typename: string, graph: string): boolean {
    return (set?.selections ?? []).every((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return false;
      if (one.kind === Kind.INLINE_FRAGMENT)
        return isAnswered(one.selectionSet, one.typeCondition?.name.value ?? typename, graph);
      if (one.name.value === '__typename') return true;
      const definition = fieldOf(types, typename, one.name.value);
      if (definition === undefined || !answers(types.get(typename), definition, graph)) return false;
      return isAnswered(one.selectionSet, namedType(definition.type), graph);
    });
  }

  /** Types that have a field of an interface, when some of them require something for it. */
  function requiringImplementers(typename: string, field: string): readonly string[] {
    if (types.get(typename)?.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [];
    const all = [...types.values()].filter(
      ({ kind, interfaces = [] }) =>
        kind === Kind.OBJECT_TYPE_DEFINITION && interfaces.some(({ name }) => name.value === typename),
    );
    const names = all.map(({ name }) => name.value);
    return names.some((name) => requirementOf(name, field) !== null) ? names : [];
  }

  /** @param take what becomes of a field that requires something */
  function walk(
    set: SelectionSetNode,
    typename: string,
    path: readonly string[],
    take: (late: LateField) => readonly SelectionNode[],
  ): SelectionSetNode {
    const selections = set.selections.flatMap((one): readonly SelectionNode[] => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return [one];
      if (one.kind === Kind.INLINE_FRAGMENT)
        return [
          { ...one, selectionSet: walk(one.selectionSet, one.typeCondition?.name.value ?? typename, path, take) },
        ];
      const definition = fieldOf(types, typename, one.name.value);
      if (definition === undefined) return [one];
      const implementers = requiringImplementers(typename, one.name.value);
      if (implementers.length > 0) {
        const { directives = [] } = one;
        const alone = { ...set, selections: [{ ...one, directives: [] }] };
        return implementers.map((name) => ({
          kind: Kind.INLINE_FRAGMENT,
          typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } },
          directives,
          selectionSet: walk(alone, name, path, take),
        }));
      }
      const type = namedType(definition.type);
      const requirement = requirementOf(typename, one.name.value);
      if (requirement !== null && isAnswered(one.selectionSet, type, requirement.graph))
        return take({ ...requirement, path, typename, field: one });
      if (one.selectionSet === undefined) return [one];
      const below = [...path, (one.alias ?? one.name).value, ...listLevels(definition.type)];
      return [{ ...one, selectionSet: walk(one.selectionSet, type, below, take) }];
    });
    return { ...set, selections };
  }

  return (document, operationName) => {
    const operation = document.definitions.find(
      (one): one is OperationDefinitionNode =>
        one.kind === Kind.OPERATION_DEFINITION && (operationName === null || one.name?.value === operationName),
    );
    if (operation === undefined) return null;
    const root = roots.get(operation.operation) ?? '';
    const set = writtenOut(document, operation);
    let deepest = 1;
    let isAnyUnkeyed = false;
    walk(set, root, [], (late) => {
      deepest = Math.max(deepest, late.depth);
      isAnyUnkeyed ||= late.isUnkeyed;
      return [late.field];
    });
    if (deepest === 1 && !isAnyUnkeyed) return null;
    const postponed: LateField[] = [];
    const first = walk(set, root, [], (late) => {
      const isLate = isAnyUnkeyed ? late.isUnkeyed : late.depth === deepest;
      if (!isLate) return [late.field];
      postponed.push(late);
      return [TYPENAME, ...late.sent.selections];
    });
    return {
      document: { ...document, definitions: [{ ...operation, selectionSet: first }] },
      complete({ node }) {
        const last: PlanNode = { kind: 'Parallel', nodes: postponed.map((late) => lateFetch(late, operation)) };
        return { node: node === null ? last : { kind: 'Sequence', nodes: [node, last] } };
      },
    };
  };
}
