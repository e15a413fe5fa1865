import fc from 'fast-check';
import { type DefinitionNode, type DocumentNode, Kind, parse, print } from 'graphql';

/** Scopes that requirements are made of. */
export const SCOPES = ['a', 'b', 'c'] as const;

/** A directive at some place of a supergraph, as choices. */
export interface ProtectionChoice {
  readonly at: number;
  /** Null: `@authenticated`. */
  readonly scopes: readonly (readonly string[])[] | null;
}

/** Who asks; null: nobody in particular. */
export type Claims = readonly string[] | null;

const alternatives = fc.array(fc.subarray([...SCOPES], { minLength: 1 }), { minLength: 1, maxLength: 2 });

export const protectionChoices: fc.Arbitrary<readonly ProtectionChoice[]> = fc.array(
  fc.record({ at: fc.nat({ max: 10_000 }), scopes: fc.option(alternatives, { freq: 4 }) }),
  { minLength: 3, maxLength: 24, size: 'max' },
);

export const claimChoices: fc.Arbitrary<Claims> = fc.option(fc.subarray([...SCOPES]), { freq: 4 });

/** What keys are made of is asked for whoever asks; what the federation itself is made of is nobody's. */
const SPARED =
  /^(?:join__|link__|core__|context__|_)|\.(?:id|part|code|ref|num|k|key)$|^(?:ID|Int|String|Float|Boolean|Ref)$/;

/** Places that may be protected: types, and coordinates of fields of object types. */
function placesIn({ definitions }: DocumentNode): string[] {
  const places = definitions.flatMap((one): string[] => {
    if (one.kind === Kind.SCALAR_TYPE_DEFINITION || one.kind === Kind.ENUM_TYPE_DEFINITION) return [one.name.value];
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION) return [];
    const name = one.name.value;
    const fields = (one.fields ?? []).map((field) => `${name}.${field.name.value}`);
    return name === 'Query' ? fields : [name, ...fields, ...fields];
  });
  return places.filter((place) => !SPARED.test(place));
}

/** Requirements by place, as they were chosen. */
export type Protection = ReadonlyMap<string, readonly (readonly (readonly string[])[] | null)[]>;

function textOf(scopes: ProtectionChoice['scopes']): string {
  return scopes === null ? '@authn' : `@requiresScopes(scopes: ${JSON.stringify(scopes)})`;
}

const LINKS = `@link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY, import: [{ name: "@authenticated", as: "@authn" }])
  @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY)`;
const DEFINITIONS = `
directive @authn on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM
scalar requiresScopes__Scope
`;

/** Writes directives into a supergraph, as no composition would let some of them be. */
export function protect(
  sdl: string,
  choices: readonly ProtectionChoice[],
): { readonly sdl: string; readonly protection: Protection } {
  const document = parse(sdl);
  const places = placesIn(document);
  const protection = new Map<string, (readonly (readonly string[])[] | null)[]>();
  for (const { at, scopes } of choices) {
    const place = places[at % places.length] ?? '';
    const before = protection.get(place) ?? [];
    // None of them is repeatable.
    if (before.some((one) => (one === null) === (scopes === null))) continue;
    protection.set(place, [...before, scopes]);
  }
  const extra = (place: string) => (protection.get(place) ?? []).flatMap((scopes) => directivesIn(textOf(scopes)));
  const definitions = document.definitions.map((one): DefinitionNode => {
    if (one.kind === Kind.SCALAR_TYPE_DEFINITION || one.kind === Kind.ENUM_TYPE_DEFINITION)
      return { ...one, directives: [...(one.directives ?? []), ...extra(one.name.value)] };
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION) return one;
    const fields = (one.fields ?? []).map((field) => ({
      ...field,
      directives: [...(field.directives ?? []), ...extra(`${one.name.value}.${field.name.value}`)],
    }));
    return { ...one, fields, directives: [...(one.directives ?? []), ...extra(one.name.value)] };
  });
  const text = print({ ...document, definitions }).replace(/^schema/m, `schema ${LINKS}`);
  return { sdl: text + DEFINITIONS, protection };
}

function directivesIn(text: string) {
  const [definition] = parse(`type T ${text} { f: Int }`, { noLocation: true }).definitions;
  return definition?.kind === Kind.OBJECT_TYPE_DEFINITION ? (definition.directives ?? []) : [];
}
