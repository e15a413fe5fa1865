import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  visit,
} from 'graphql';
import { fetchesIn, type Plan, type RequiredSelection } from '../plan';

/** What the supergraph says of a field, as far as it depends on the graph that is asked for it. */
interface Field {
  readonly type: string;
  /** Graphs that declare the field `@external`: by themselves they do not answer it. */
  readonly externalIn: ReadonlySet<string>;
  /** Names that a representation must have before a graph is asked for the field. */
  readonly requiredIn: ReadonlyMap<string, readonly string[]>;
  /** Names that a graph answers below the field although they are `@external` there. */
  readonly providedBy: ReadonlyMap<string, readonly string[]>;
}

type Fields = ReadonlyMap<string, ReadonlyMap<string, Field>>;

type Names = ReadonlySet<string>;

const NOTHING: Names = new Set();

function argumentOf(directive: ConstDirectiveNode, name: string) {
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM || value?.kind === Kind.BOOLEAN ? value.value : null;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function selectionsOf(fieldSet: string): readonly SelectionNode[] {
  const definition = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions[0];
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : [];
}

/** Fields of the outermost level, those in fragments included. */
function outermostNames(selections: readonly SelectionNode[]): string[] {
  return selections.flatMap((one) => {
    if (one.kind === Kind.FIELD) return [one.name.value];
    return one.kind === Kind.INLINE_FRAGMENT ? outermostNames(one.selectionSet.selections) : [];
  });
}

function outermostRequired(selections: readonly RequiredSelection[]): string[] {
  return selections.flatMap((one) => (one.kind === 'Field' ? [one.name] : outermostRequired(one.selections)));
}

function namesIn(fieldSet: string): string[] {
  const names: string[] = [];
  visit(parse(`{ ${fieldSet} }`, { noLocation: true }), { Field: (field) => void names.push(field.name.value) });
  return names;
}

/** `graph field` of everything that some key lets a graph answer although the field is `@external` there. */
function keyFields(supergraph: DocumentNode): ReadonlySet<string> {
  const answerable = new Set<string>();
  visit(supergraph, {
    Directive(node) {
      const directive = node as ConstDirectiveNode; // as: a type system document has constant arguments only
      const fieldSet = directive.name.value === 'join__type' ? argumentOf(directive, 'key') : null;
      if (typeof fieldSet !== 'string') return;
      for (const name of namesIn(fieldSet)) answerable.add(`${argumentOf(directive, 'graph')} ${name}`);
    },
  });
  return answerable;
}

function fieldOf({ name, type, directives = [] }: FieldDefinitionNode, answerable: ReadonlySet<string>): Field {
  const externalIn = new Set<string>();
  const requiredIn = new Map<string, readonly string[]>();
  const providedBy = new Map<string, readonly string[]>();
  for (const directive of directives.filter((one) => one.name.value === 'join__field')) {
    const graph = String(argumentOf(directive, 'graph'));
    const isAnswerable = (field: string) => answerable.has(`${graph} ${field}`);
    if (argumentOf(directive, 'external') === true && !isAnswerable(name.value)) externalIn.add(graph);
    const provides = argumentOf(directive, 'provides');
    if (typeof provides === 'string') providedBy.set(graph, namesIn(provides));
    const requires = argumentOf(directive, 'requires');
    if (typeof requires !== 'string') continue;
    const names = outermostNames(selectionsOf(requires)).filter((one) => !isAnswerable(one) && one !== '__typename');
    requiredIn.set(graph, names);
  }
  return { type: namedType(type), externalIn, requiredIn, providedBy };
}

function readFields(supergraph: DocumentNode): Fields {
  const answerable = keyFields(supergraph);
  const types = new Map<string, Map<string, Field>>();
  for (const one of supergraph.definitions) {
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION && one.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const fields = (one.fields ?? []).map((field) => [field.name.value, fieldOf(field, answerable)] as const);
    types.set(one.name.value, new Map(fields));
  }
  return types;
}

/** Subgraph names and root types: what a plan has by name and the supergraph by another. */
function readNames(supergraph: DocumentNode) {
  const graphs = new Map<string, string>();
  const roots = new Map<string, string>();
  visit(supergraph, {
    EnumValueDefinition(node) {
      const graph = node.directives?.find((one) => one.name.value === 'join__graph');
      if (graph !== undefined) graphs.set(String(argumentOf(graph, 'name')), node.name.value);
    },
    OperationTypeDefinition: (node) => void roots.set(node.operation, node.type.name.value),
  });
  return { graphs, roots };
}

/**
 * Looks for what a plan must not have: a fetch for a field that is `@external` in its subgraph, or for one whose
 * requirements are not sent along. The planner makes such plans where requirements lead to and fro between subgraphs
 * several times; the answer would be wrong.
 * @returns the first such field, as words for a message; null when there is none
 */
export function misplacedFieldFinder(supergraph: DocumentNode): (plan: Plan) => string | null {
  const types = readFields(supergraph);
  const { graphs, roots } = readNames(supergraph);

  /**
   * @param sent outermost names of the representation of the objects that `set` is about
   * @param provided names that a `@provides` above lets the graph answer
   */
  function search(set: SelectionSetNode, typename: string, graph: string, sent: Names, provided: Names): string | null {
    for (const one of set.selections) {
      if (one.kind === Kind.FRAGMENT_SPREAD) continue; // the planner writes fragments out
      if (one.kind === Kind.INLINE_FRAGMENT) {
        const found = search(one.selectionSet, one.typeCondition?.name.value ?? typename, graph, sent, provided);
        if (found !== null) return found;
        continue;
      }
      const { name, selectionSet } = one;
      const field = types.get(typename)?.get(name.value);
      const isGiven = (required: string) => sent.has(required) || provided.has(required);
      const isComplete = field?.requiredIn.get(graph)?.every(isGiven) ?? true;
      const isExternal = field?.externalIn.has(graph) === true && !provided.has(name.value);
      if (isExternal || !isComplete) return `${typename}.${name.value}`;
      if (selectionSet === undefined) continue;
      const below = name.value === '_entities' ? sent : NOTHING;
      const names = field?.providedBy.get(graph);
      const providedBelow = names === undefined ? provided : new Set([...provided, ...names]);
      const found = search(selectionSet, field?.type ?? '', graph, below, providedBelow);
      if (found !== null) return found;
    }
    return null;
  }

  return (plan) => {
    for (const { operation, operationKind, serviceName, requires } of fetchesIn(plan.node)) {
      const definition = parse(operation, { noLocation: true }).definitions[0];
      if (definition?.kind !== Kind.OPERATION_DEFINITION) continue;
      const sent = new Set(outermostRequired(requires ?? []));
      const graph = graphs.get(serviceName) ?? '';
      const found = search(definition.selectionSet, roots.get(operationKind) ?? '', graph, sent, NOTHING);
      if (found !== null) return `${found} cannot be asked of subgraph ${serviceName} at that place`;
    }
    return null;
  };
}
