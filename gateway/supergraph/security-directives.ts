import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';
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
  for (const spec of SPECS) for (const name of namesOf(spec, supergraph)) specs.set(name, spec);
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

/** Names of a specification's directive; its own where nothing links it: what looks protected is. */
function namesOf({ name }: Spec, { definitions }: DocumentNode): readonly string[] {
  const links = definitions
    .filter((one) => one.kind === Kind.SCHEMA_DEFINITION || one.kind === Kind.SCHEMA_EXTENSION)
    .flatMap(({ directives = [] }) => directives)
    .map((directive) => new Map((directive.arguments ?? []).map((one) => [one.name.value, one.value])))
    .filter((given) => isOf(name, textOf(given.get('url') ?? given.get('feature'))));
  if (links.length === 0) return [name];
  return links.flatMap((given) => {
    const namespace = textOf(given.get('as')) ?? name;
    return [namespace, `${namespace}__${name}`, ...importedAs(`@${name}`, given.get('import'))];
  });
}

function isOf(name: string, url: string | null): boolean {
  return url?.startsWith(`https://specs.apollo.dev/${name}/v`) ?? false;
}

function textOf(value: ConstValueNode | undefined): string | null {
  return value?.kind === Kind.STRING ? value.value : null;
}

/** @param directive with its `@` */
function importedAs(directive: string, imports: ConstValueNode | undefined): readonly string[] {
  if (imports?.kind !== Kind.LIST) return [];
  return imports.values.flatMap((one) => {
    if (one.kind === Kind.STRING) return one.value === directive ? [directive.slice(1)] : [];
    if (one.kind !== Kind.OBJECT) return [];
    const given = new Map(one.fields.map(({ name, value }) => [name.value, textOf(value)]));
    return given.get('name') === directive ? [(given.get('as') ?? directive).slice(1)] : [];
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
