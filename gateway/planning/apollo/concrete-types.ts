import {
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  print,
} from 'graphql';
import { fieldSet, joinArgument } from '../../supergraph/join-directives';
import { ConcreteSelections, type NeedsOwnFields } from './concrete-selections';
import { type LabelledField, SupergraphTypes } from './supergraph-types';

/** @param mayBeWrong true when a graph that has the field does not answer it */
function ownedByLabels(types: SupergraphTypes, mayBeWrong: (field: LabelledField) => boolean): NeedsOwnFields {
  const known = new Map<string, boolean>();
  const isOwned = (interfaceName: string, object: string, field: string): boolean =>
    types
      .labelled(object, field)
      .some((one) => mayBeWrong(one) && types.possibleIn(one.graph, interfaceName).includes(object));
  return (interfaceName, field, possible) =>
    types.hasLabels &&
    possible.some((object) => {
      const key = `${interfaceName} ${object} ${field}`;
      const answer = known.get(key) ?? isOwned(interfaceName, object, field);
      known.set(key, answer);
      return answer;
    });
}

function concreteRequires(directive: ConstDirectiveNode, typename: string, types: SupergraphTypes): ConstDirectiveNode {
  const requires = directive.name.value === 'join__field' ? joinArgument(directive, 'requires') : null;
  if (requires === null) return directive;
  const graph = joinArgument(directive, 'graph') ?? '';
  const needsOwnFields = ownedByLabels(types, () => true);
  const concrete = new ConcreteSelections(types, { possible: (one) => types.possibleIn(graph, one), needsOwnFields });
  const set = fieldSet(requires);
  const written = concrete.write(set, typename);
  if (written === set) return directive;
  const text = print(written).trim().slice(1, -1);
  return {
    ...directive,
    arguments: (directive.arguments ?? []).map((one) =>
      one.name.value === 'requires' ? { ...one, value: { kind: Kind.STRING, value: text } } : one,
    ),
  };
}

/** A copy of a supergraph in which `@requires` asks object types where {@link ConcreteSelections} would, whatever labels hold. */
export function withConcreteRequirements(document: DocumentNode): DocumentNode {
  const types = new SupergraphTypes(document);
  if (!types.hasLabels && !types.hasInterfaceObjects) return document;
  const definitions = document.definitions.map((type) => {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return type;
    const fields = (type.fields ?? []).map((field) => {
      const directives = (field.directives ?? []).map((one) => concreteRequires(one, type.name.value, types));
      return { ...field, directives };
    });
    return { ...type, fields };
  });
  return { ...document, definitions };
}

/**
 * @param types of the supergraph as the planner has it
 * @param keep for fragments that the planner shall leave where they are
 * @param isAccessible whether clients know a type: to the planner, a fragment on one that they do not know has no condition
 * @returns copies an operation as {@link ConcreteSelections} writes it for the labels that hold
 * @throws {Error} when the operation would become too large
 */
export function concreteTypes(
  types: SupergraphTypes,
  keep: DirectiveNode | null,
  isAccessible: (typename: string) => boolean,
): (document: DocumentNode, labels: readonly string[]) => DocumentNode {
  if (!types.hasLabels && !types.hasInterfaceObjects) return (document) => document;
  return (document, labels) => {
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const one of document.definitions)
      if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
    const holding = new Set(labels);
    const needsOwnFields = ownedByLabels(types, ({ label, answersWhile }) => holding.has(label) !== answersWhile);
    const possible = (typename: string) => types.possible(typename).filter(isAccessible);
    const concrete = new ConcreteSelections(types, { possible, fragments, needsOwnFields, keep });
    const definitions = document.definitions.map((one) => {
      if (one.kind !== Kind.OPERATION_DEFINITION) return one;
      const selectionSet = concrete.write(one.selectionSet, types.rootType(one.operation));
      return selectionSet === one.selectionSet ? one : { ...one, selectionSet };
    });
    return { ...document, definitions };
  };
}
