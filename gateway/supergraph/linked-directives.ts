import { type ConstValueNode, type DocumentNode, Kind } from 'graphql';

/**
 * Names of a directive of a specification of the same name, by what the supergraph links; its own where nothing links it.
 * @param name of both
 */
export function linkedNames(name: string, { definitions }: DocumentNode): readonly string[] {
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

/** A string; null when it is not there, or another value. */
export function textOf(value: ConstValueNode | undefined): string | null {
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
