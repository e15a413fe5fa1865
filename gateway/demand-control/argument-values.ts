import { type ArgumentNode, type FieldNode, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

/** Values of variables as a client sent them, or as a subgraph gets them. */
export type Variables = Readonly<Record<string, unknown>>;
export type FromVariables<T> = (variables: Variables) => T;

/** How a text names its variables. */
export interface VariableNames {
  /** The name under which a value is given. */
  readonly publicName: (name: string) => string;
  /** Values of those that are not given, by the name under which they would be. */
  readonly defaults: Variables;
}

function variablesIn(node: ValueNode): readonly string[] {
  switch (node.kind) {
    case Kind.VARIABLE:
      return [node.name.value];
    case Kind.LIST:
      return node.values.flatMap(variablesIn);
    case Kind.OBJECT:
      return node.fields.flatMap(({ value }) => variablesIn(value));
    default:
      return [];
  }
}

/** The value of a variable; undefined when nobody gives one. */
export function variableValue(name: string, { publicName, defaults }: VariableNames): FromVariables<unknown> {
  const known = publicName(name);
  return (variables) => (Object.hasOwn(variables, known) ? variables[known] : defaults[known]);
}

function valueFrom(node: ValueNode, names: VariableNames): FromVariables<unknown> {
  if (node.kind === Kind.VARIABLE) return variableValue(node.name.value, names);
  const used = variablesIn(node).map((name) => [name, variableValue(name, names)] as const);
  if (used.length === 0) {
    const value = valueFromASTUntyped(node);
    return () => value;
  }
  return (variables) =>
    valueFromASTUntyped(node, Object.fromEntries(used.map(([name, valueIn]) => [name, valueIn(variables)])));
}

/** Arguments of a field by their names, as far as they are given. */
export type ArgumentValues = ReadonlyMap<string, FromVariables<unknown>>;

export function argumentValues({ arguments: given = [] }: FieldNode, names: VariableNames): ArgumentValues {
  return new Map(given.map(({ name, value }: ArgumentNode) => [name.value, valueFrom(value, names)]));
}

/** What stands at a path of keys in a value; undefined when nothing does. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Variables)[key]; // as: an object
  }
  return at;
}
