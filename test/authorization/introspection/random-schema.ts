import { seededRandom } from '../../fixtures/seeded-random';

/** A subgraph in which no name is a part of another one, and a name that two places have is hidden at both or at none. */
export interface RandomSubgraph {
  readonly sdl: string;
  /** Of object types and fields of these, with the scopes that each wants: one of some alternatives. */
  readonly protected: ReadonlyMap<string, readonly (readonly string[])[]>;
  readonly interfaces: readonly string[];
}

export const SCOPES = ['a', 'b', 'c'] as const;

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@requiresScopes", "@authenticated"])';

/** Writes the text of a subgraph that composes: objects, interfaces, unions, enums and inputs, some of it protected. */
export function randomSubgraph(seed: number): RandomSubgraph {
  const random = seededRandom(seed);
  const upTo = (count: number) => Math.floor(random() * count);
  const some = <T>(items: readonly T[]): T => items[upTo(items.length)] as T; // as: there is one at least
  const isLucky = (share: number) => random() < share;
  let names = 0;
  const fresh = (prefix: string) => `${prefix}${(++names).toString().padStart(3, '0')}x${upTo(1e6)}z`;

  const protection = new Map<string, readonly (readonly string[])[]>();
  const guarded = (place: string, share: number): string => {
    if (!isLucky(share)) return '';
    const anyOf = Array.from({ length: 1 + upTo(2) }, () => SCOPES.filter(() => isLucky(0.5)));
    const scopes = anyOf.map((all) => (all.length === 0 ? ['a'] : [...all]));
    protection.set(place, scopes);
    return ` @requiresScopes(scopes: ${JSON.stringify(scopes)})`;
  };

  const objects = Array.from({ length: 3 + upTo(5) }, () => fresh('Obj'));
  const interfaces = Array.from({ length: upTo(4) }, () => fresh('Int'));
  const members = new Map(
    Array.from({ length: upTo(3) }, () => [fresh('Uni'), [...new Set([some(objects), some(objects)])]]),
  );
  const unions = [...members.keys()];
  /** A field as an object type has it: of one type where the interface promises one of several. */
  const narrowed = (text: string) =>
    text.replace(/Uni\w+/, (name) => (isLucky(0.5) ? some(members.get(name) ?? [name]) : name));
  const enums = [fresh('Enu'), fresh('Enu')];
  const scalar = fresh('Sca');
  const inputs = [fresh('Inp'), fresh('Inp')];
  const outputs = ['ID', 'Int', scalar, ...enums, ...objects, ...objects, ...interfaces, ...unions];
  const wrapped = (type: string) => some([type, `${type}!`, `[${type}!]`, `[${type}]!`]);
  const argumentsText = () =>
    isLucky(0.3) ? `(${fresh('arg')}: ${some(['Int', scalar, ...enums, ...inputs, ...inputs])})` : '';

  /** Of each interface: the one that it implements as well, and the fields of both. */
  const parents = new Map<string, string>();
  const promised = new Map<string, string[]>();
  for (const [index, name] of interfaces.entries()) {
    const parent = index > 0 && isLucky(0.4) ? interfaces[index - 1] : undefined;
    if (parent !== undefined && !parents.has(parent)) parents.set(name, parent);
    const above = promised.get(parents.get(name) ?? '') ?? [];
    const own = Array.from({ length: 1 + upTo(2) }, () => `${fresh('fld')}: ${wrapped(some(outputs))}`);
    promised.set(name, [...above, ...own]);
  }
  const implementsText = (of: readonly string[]) => (of.length === 0 ? '' : ` implements ${of.join(' & ')}`);
  const withParents = (of: readonly string[]) => [...new Set(of.flatMap((one) => [one, parents.get(one) ?? one]))];

  const objectTexts = objects.map((name, index) => {
    const chosen = withParents(interfaces.filter((_, at) => at % objects.length === index || isLucky(0.25)));
    const inherited = new Set(chosen.flatMap((one) => promised.get(one) ?? []));
    const own = Array.from(
      { length: 1 + upTo(3) },
      () => `${fresh('fld')}${argumentsText()}: ${wrapped(some(outputs))}`,
    );
    const fields = [...[...inherited].map(narrowed), ...own].map((text) => {
      const [field = ''] = /^\w+/.exec(text) ?? [];
      return `  ${text}${guarded(`${name}.${field}`, 0.35)}`;
    });
    return `type ${name}${implementsText(chosen)}${guarded(name, 0.25)} {\n${fields.join('\n')}\n}`;
  });
  const roots = Array.from({ length: 3 + upTo(4) }, () => {
    const name = fresh('fld');
    return `  ${name}${argumentsText()}: ${some(outputs)}${guarded(`Query.${name}`, 0.2)}`;
  });
  const sdl = [
    LINK,
    `type Query {\n${roots.join('\n')}\n}`,
    isLucky(0.5) ? `type Mutation { ${fresh('fld')}: ${some(objects)} }` : '',
    ...interfaces.map((name) => {
      const above = parents.get(name);
      return `interface ${name}${implementsText(above === undefined ? [] : [above])} {\n${promised.get(name)?.join('\n')}\n}`;
    }),
    ...objectTexts,
    ...[...members].map(([name, of]) => `union ${name} = ${of.join(' | ')}`),
    ...enums.map((name) => `enum ${name}${guarded(name, 0.2)} { ${fresh('VAL')} ${fresh('VAL')} }`),
    `scalar ${scalar}${guarded(scalar, 0.2)}`,
    ...inputs.map(
      (name) => `input ${name} { ${fresh('inf')}: Int ${fresh('inf')}: ${some([...enums, scalar, ...inputs])} }`,
    ),
  ].join('\n');
  return { sdl, protected: protection, interfaces };
}
