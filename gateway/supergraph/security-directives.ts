import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';
import { linkedNames, textOf } from './linked-directives';
import type { Requirement } from './requirements';

interface Spec {
  /** Of the specification, and of its directive. */
  readonly name: string;
  readonly kind: Requirement['kind'];
  /** The argument that has the alternatives. */
  readonly argument: string | null;
}

const SPECS: readonly Spec[] = [
  { name: 'authenticated', kind: 'authenticated', argument: null },
  { name: 'requiresScopes', kind: 'scopes', argument: 'scopes' },
  { name: 'policy', kind: 'policies', argument: 'policies' },
];

/** Reads what a place of a supergraph requires by its directives. */
export type RequirementsIn = (directives: readonly ConstDirectiveNode[] | undefined) => readonly Requirement[];

/**
 * Finds the directives by what the supergraph links: they may go by other names.
 * @returns null when it defines none of them
 */
export function securityDirectives(supergraph: DocumentNode): RequirementsIn | null {
  const specs = new Map<string, Spec>();
  for (const spec of SPECS) for (const name of linkedNames(spec.name, supergraph)) specs.set(name, spec);
  const defined = supergraph.definitions.some(
    (one) => one.kind === Kind.DIRECTIVE_DEFINITION && specs.has(one.name.value),
  );
  if (!defined) return null;
  return (directives = []) =>
    directives.flatMap((directive) => {
      const spec = specs.get(directive.name.value);
      return spec === undefined ? [] : [{ kind: spec.kind, anyOf: alternatives(directive, spec.argument) }];
    });
}

/** A list of lists of texts; what stands in place of a list is a list of that one. Spec: section 3.11, input coercion. */
function alternatives({ arguments: given = [] }: ConstDirectiveNode, argument: string | null): string[][] {
  if (argument === null) return [];
  const value = given.find(({ name }) => name.value === argument)?.value;
  return elements(value).map((one) => elements(one).flatMap((name) => textOf(name) ?? []));
}

function elements(value: ConstValueNode | undefined): readonly ConstValueNode[] {
  if (value === undefined) return [];
  return value.kind === Kind.LIST ? value.values : [value];
}
