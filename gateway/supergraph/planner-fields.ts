import { type ConstDirectiveNode, type DocumentNode, Kind, parse, visit } from 'graphql';
import { contextArguments, joinArgument } from './join-directives';

/**
 * Fields that a planner adds to an operation of its own accord: those of keys, of `@requires` and of `@fromContext`. Those that are required
 * with arguments only are not among them: the planner knows them by private names.
 */
export interface PlannerFields {
  readonly names: ReadonlySet<string>;
  /** Names of the fields of interfaces that some subgraph has as an `@interfaceObject`, sorted. */
  readonly ofInterfaceObjects: readonly string[];
}

/** Where the join spec keeps field sets: directive and argument. */
const FIELD_SETS: ReadonlyMap<string, string> = new Map([
  ['join__type', 'key'],
  ['join__field', 'requires'],
]);

function fieldSetsOf(directive: ConstDirectiveNode): readonly string[] {
  const name = FIELD_SETS.get(directive.name.value);
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  const selections = contextArguments(directive).map(({ selection }) => selection);
  return value?.kind === Kind.STRING ? [value.value, ...selections] : selections;
}

export function isInterfaceObject(directive: ConstDirectiveNode): boolean {
  return directive.name.value === 'join__type' && joinArgument(directive, 'isInterfaceObject') === 'true';
}

function fieldsOfInterfaceObjects({ definitions }: DocumentNode): readonly string[] {
  const fields = definitions.flatMap((one) =>
    one.kind === Kind.INTERFACE_TYPE_DEFINITION && one.directives?.some(isInterfaceObject) ? (one.fields ?? []) : [],
  );
  return [...new Set(fields.map(({ name }) => name.value))].sort();
}

/** @param supergraph a supergraph with its join directives */
export function plannerFields(supergraph: DocumentNode): PlannerFields {
  const fieldSets = new Set<string>();
  visit(supergraph, {
    Directive(node) {
      // as: a type system document has constant arguments only
      for (const fieldSet of fieldSetsOf(node as ConstDirectiveNode)) fieldSets.add(fieldSet);
      return false;
    },
  });
  const names = new Set(['__typename']);
  for (const fieldSet of fieldSets) {
    visit(parse(`{ ${fieldSet} }`, { noLocation: true }), {
      Field(node) {
        if ((node.arguments ?? []).length === 0) names.add(node.name.value);
      },
    });
  }
  return { names, ofInterfaceObjects: fieldsOfInterfaceObjects(supergraph) };
}
