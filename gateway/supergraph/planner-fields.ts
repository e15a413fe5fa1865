import { type ConstDirectiveNode, type DocumentNode, Kind, parse, visit } from 'graphql';
import { contextArguments } from './join-directives';

/**
 * Fields that a planner adds to an operation of its own accord: those of keys, of `@requires` and of `@fromContext`. Those that are required
 * with arguments only are not among them: the planner knows them by private names.
 */
export interface PlannerFields {
  readonly names: ReadonlySet<string>;
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
  return { names };
}
