import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { fieldSet, joinArgument } from '../supergraph/join-directives';
import { type FetchNode, fetchesMapped, type Plan, type PlanNode, type RequiredSelection } from './plan';
import type { PrivateField } from './private-fields';

type PrivateFields = ReadonlyMap<string, PrivateField>;
/** What a representation must have: for the path of real names to each field, the name that it is read under. */
type Reads = ReadonlyMap<string, string>;

function readsOf(set: SelectionSetNode, fields: PrivateFields, above = '', reads = new Map<string, string>()): Reads {
  for (const one of set.selections) {
    if (one.kind === Kind.FRAGMENT_SPREAD) continue;
    if (one.kind === Kind.INLINE_FRAGMENT) readsOf(one.selectionSet, fields, above, reads);
    else {
      const { value } = one.name;
      const path = `${above}/${fields.get(value)?.name ?? value}`;
      reads.set(path, value);
      if (one.selectionSet !== undefined) readsOf(one.selectionSet, fields, path, reads);
    }
  }
  return reads;
}

/** Paths at which a representation would need two values under one name. */
function conflictsIn(requires: readonly RequiredSelection[]): ReadonlySet<string> {
  const conflicts = new Set<string>();
  const seen = new Map<string, string>();
  const collect = (selections: readonly RequiredSelection[], above: string): void => {
    for (const one of selections) {
      if (one.kind === 'InlineFragment') {
        collect(one.selections, above);
        continue;
      }
      const path = `${above}/${one.name}`;
      const read = one.readAs ?? one.name;
      if ((seen.get(path) ?? read) !== read) conflicts.add(path);
      seen.set(path, read);
      collect(one.selections ?? [], path);
    }
  };
  collect(requires, '');
  return conflicts;
}

interface Part {
  readonly reads: Map<string, string>;
  readonly fields: Set<FieldNode>;
}

function partition(needs: ReadonlyMap<FieldNode, Reads>, conflicts: ReadonlySet<string>): Part[] {
  const parts: Part[] = [];
  for (const [field, reads] of needs) {
    const relevant = [...reads].filter(([path]) => conflicts.has(path));
    let part = parts.find((one) => relevant.every(([path, read]) => (one.reads.get(path) ?? read) === read));
    if (part === undefined) {
      part = { reads: new Map(), fields: new Set() };
      parts.push(part);
    }
    part.fields.add(field);
    for (const [path, read] of relevant) part.reads.set(path, read);
  }
  return parts;
}

function requiredBy(
  selections: readonly RequiredSelection[],
  reads: Reads,
  conflicts: ReadonlySet<string>,
  above = '',
): RequiredSelection[] {
  return selections.flatMap((one): RequiredSelection[] => {
    if (one.kind === 'InlineFragment')
      return [{ ...one, selections: requiredBy(one.selections, reads, conflicts, above) }];
    const path = `${above}/${one.name}`;
    if (conflicts.has(path) && reads.get(path) !== (one.readAs ?? one.name)) return [];
    if (one.selections === undefined) return [one];
    return [{ ...one, selections: requiredBy(one.selections, reads, conflicts, path) }];
  });
}

function selectedIn(set: SelectionSetNode, fields: ReadonlySet<FieldNode>): SelectionSetNode {
  const selections = set.selections.flatMap((one): SelectionNode[] => {
    if (one.kind === Kind.FIELD) return fields.has(one) ? [one] : [];
    if (one.kind === Kind.FRAGMENT_SPREAD) return [one];
    const selectionSet = selectedIn(one.selectionSet, fields);
    return selectionSet.selections.length === 0 ? [] : [{ ...one, selectionSet }];
  });
  return { ...set, selections };
}

/** The same operation with another selection of its one root field, and only the variables that this one uses. */
function operationWith(definition: OperationDefinitionNode, entities: FieldNode, selectionSet: SelectionSetNode) {
  const used = new Set<string>();
  const root = { ...entities, selectionSet };
  visit(root, { Variable: ({ name }) => void used.add(name.value) });
  for (const one of definition.directives ?? []) visit(one, { Variable: ({ name }) => void used.add(name.value) });
  const changed: OperationDefinitionNode = {
    ...definition,
    variableDefinitions: (definition.variableDefinitions ?? []).filter((one) => used.has(one.variable.name.value)),
    selectionSet: { ...definition.selectionSet, selections: [root] },
  };
  return { operation: stripIgnoredCharacters(print(changed)), used };
}

/** Requirements by type, field and graph. */
function requirementFinder(supergraph: DocumentNode, fields: PrivateFields) {
  const reads = new Map<string, Reads>();
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? []) {
      const joins: readonly ConstDirectiveNode[] = field.directives ?? [];
      for (const join of joins) {
        const requires = joinArgument(join, 'requires');
        const key = `${type.name.value}.${field.name.value} ${joinArgument(join, 'graph')}`;
        if (requires !== null) reads.set(key, readsOf(fieldSet(requires), fields));
      }
    }
  }
  return (typename: string, field: string, graph: string): Reads =>
    reads.get(`${typename}.${field} ${graph}`) ?? new Map();
}

/**
 * Splits entity fetches whose representations would need two values under one name, such as a price in two currencies: one
 * fetch for each of them.
 * @param supergraph with private fields
 * @param graphs names in the join__Graph enum by subgraph name
 */
export function requirementSplitter(
  supergraph: DocumentNode,
  fields: PrivateFields,
  graphs: ReadonlyMap<string, string>,
): (plan: Plan) => Plan {
  const requirement = requirementFinder(supergraph, fields);

  function split(node: FetchNode): PlanNode {
    const conflicts = conflictsIn(node.requires ?? []);
    const definition = parse(node.operation, { noLocation: true }).definitions[0];
    if (conflicts.size === 0 || definition?.kind !== Kind.OPERATION_DEFINITION) return node;
    const [entities] = definition.selectionSet.selections;
    if (entities?.kind !== Kind.FIELD || entities.selectionSet === undefined) return node;
    const needs = new Map<FieldNode, Reads>();
    const collect = (set: SelectionSetNode, typename: string): void => {
      for (const one of set.selections) {
        if (one.kind === Kind.FIELD)
          needs.set(one, requirement(typename, one.name.value, graphs.get(node.serviceName) ?? ''));
        if (one.kind === Kind.INLINE_FRAGMENT) collect(one.selectionSet, one.typeCondition?.name.value ?? typename);
      }
    };
    collect(entities.selectionSet, '');
    const nodes = partition(needs, conflicts).map((part): FetchNode => {
      const selection = selectedIn(entities.selectionSet ?? definition.selectionSet, part.fields);
      const { operation, used } = operationWith(definition, entities, selection);
      return {
        ...node,
        operation,
        variableUsages: node.variableUsages.filter((name) => used.has(name)),
        requires: requiredBy(node.requires ?? [], part.reads, conflicts),
      };
    });
    return { kind: 'Parallel', nodes };
  }

  return (plan) => (fields.size === 0 ? plan : fetchesMapped(plan, split));
}
