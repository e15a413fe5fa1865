import { type ConstDirectiveNode, type DocumentNode, Kind, parse, visit } from 'graphql';

/**
 * Fields that a planner adds to an operation of its own accord: those of keys and of `@requires`. Those that are required
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

function fieldSetOf(directive: ConstDirectiveNode): string | null {
  const name = FIELD_SETS.get(directive.name.value);
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}

/** @param supergraph a supergraph with its join directives */
export function plannerFields(supergraph: DocumentNode): PlannerFields {
  const fieldSets = new Set<string>();
  visit(supergraph, {
    Directive(node) {
      const fieldSet = fieldSetOf(node as ConstDirectiveNode); // as: a type system document has constant arguments only
      if (fieldSet !== null) fieldSets.add(fieldSet);
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
