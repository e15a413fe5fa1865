import { type ConstDirectiveNode, type DocumentNode, Kind, parse, type SelectionSetNode, type TypeNode } from 'graphql';

/** A string, enum or Boolean argument of a directive of the join spec; null when it is not there. */
export function joinArgument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  if (value?.kind === Kind.BOOLEAN) return String(value.value);
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : null;
}

/** An argument that a subgraph has by `@fromContext`, and what is selected on the object that sets the context. */
export interface ContextArgument {
  readonly name: string;
  readonly context: string;
  readonly selection: string;
}

/** Reads the contextual arguments of a `join__field`. */
export function contextArguments(directive: ConstDirectiveNode): readonly ContextArgument[] {
  const list = directive.arguments?.find((one) => one.name.value === 'contextArguments')?.value;
  if (list?.kind !== Kind.LIST) return [];
  return list.values.flatMap((value) => {
    if (value.kind !== Kind.OBJECT) return [];
    const fields = new Map(value.fields.map((one) => [one.name.value, one.value]));
    const name = fields.get('name');
    const selection = fields.get('selection');
    const context = fields.get('context');
    if (name?.kind !== Kind.STRING || selection?.kind !== Kind.STRING) return [];
    // The join spec writes `{ currency }` or ` ... on User { currency }`.
    const text = selection.value.trim();
    return [
      {
        name: name.value,
        context: context?.kind === Kind.STRING ? context.value : '',
        selection: text.startsWith('{') ? text.slice(1, -1) : text,
      },
    ];
  });
}

/** Parses what a key, `requires` or `provides` selects. */
export function fieldSet(text: string): SelectionSetNode {
  const definition = parse(`{ ${text} }`, { noLocation: true }).definitions[0];
  return definition?.kind === Kind.OPERATION_DEFINITION
    ? definition.selectionSet
    : { kind: Kind.SELECTION_SET, selections: [] };
}

export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** Values of the join__Graph enum by subgraph name. */
export function graphNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const one of supergraph.definitions) {
    if (one.kind !== Kind.ENUM_TYPE_DEFINITION || one.name.value !== 'join__Graph') continue;
    for (const { name, directives = [] } of one.values ?? []) {
      const graph = directives.find((directive) => directive.name.value === 'join__graph');
      if (graph !== undefined) names.set(joinArgument(graph, 'name') ?? '', name.value);
    }
  }
  return names;
}
