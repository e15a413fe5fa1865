import { type ConstDirectiveNode, type ConstValueNode, type DocumentNode, Kind } from 'graphql';

/** Names that a document has for the definitions of federation, by its `@link`s. */
export interface Names {
  /** Namespaces, `federation` and those that a document gives in its place. */
  readonly prefixes: ReadonlySet<string>;
  /** Imported under another name: that name to federation's own; those of directives with their `@`. */
  readonly renamed: ReadonlyMap<string, string>;
}

const FEDERATION = /^https?:\/\/specs\.apollo\.dev\/(?:federation|link)(?:\/|$)/;

export function federationNames({ definitions }: DocumentNode): Names {
  const prefixes = new Set(['federation']);
  const renamed = new Map<string, string>();
  for (const definition of definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const link of definition.directives ?? []) {
      if (!FEDERATION.test(textOf(argumentOf(link, 'url')))) continue;
      const as = textOf(argumentOf(link, 'as'));
      if (as !== '') prefixes.add(as);
      for (const [own, given] of importsOf(argumentOf(link, 'import'))) renamed.set(given, own);
    }
  }
  return { prefixes, renamed };
}

/** Federation's own name of a directive, both without `@`; the name itself where it is none of federation's. */
export function ownDirective(name: string, names: Names): string {
  return ownName(`@${name}`, names).slice(1);
}

/** Whether a type is one that the federation defines. */
export function isAddedBy(name: string, names: Names): boolean {
  return ownName(name, names) !== name;
}

function ownName(name: string, { prefixes, renamed }: Names): string {
  const known = renamed.get(name);
  if (known !== undefined) return known;
  const [sign = ''] = /^@/.exec(name) ?? [];
  const plain = name.slice(sign.length);
  const at = plain.indexOf('__');
  return at > 0 && prefixes.has(plain.slice(0, at)) ? sign + plain.slice(at + 2) : name;
}

function argumentOf({ arguments: given = [] }: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return given.find((one) => one.name.value === name)?.value;
}

/** Pairs of federation's name and the given one. */
function* importsOf(value: ConstValueNode | undefined): Generator<readonly [own: string, given: string]> {
  if (value?.kind !== Kind.LIST) return;
  for (const one of value.values) {
    if (one.kind !== Kind.OBJECT) continue;
    const field = (name: string) => textOf(one.fields.find((found) => found.name.value === name)?.value);
    const [own, given] = [field('name'), field('as')];
    if (own !== '' && given !== '') yield [own, given];
  }
}

function textOf(value: ConstValueNode | undefined): string {
  return value?.kind === Kind.STRING ? value.value : '';
}
