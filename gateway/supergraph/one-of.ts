import {
  type DocumentNode,
  type InputObjectTypeDefinitionNode,
  type InputObjectTypeExtensionNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  visit,
} from 'graphql';

/** The directive for input objects of which a client gives exactly one field. The libraries of federation do not know it. */
const ONE_OF = 'oneOf';

type Input = InputObjectTypeDefinitionNode | InputObjectTypeExtensionNode;

function inputsIn(document: DocumentNode): readonly Input[] {
  return document.definitions.filter(
    (one): one is Input =>
      one.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || one.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION,
  );
}

/** Names of all input types of a document. */
export function inputNames(document: DocumentNode): ReadonlySet<string> {
  return new Set(inputsIn(document).map(({ name }) => name.value));
}

/** Names of the input types with `@oneOf`. */
export function oneOfInputs(document: DocumentNode): ReadonlySet<string> {
  const marked = inputsIn(document).filter(({ directives = [] }) =>
    directives.some(({ name }) => name.value === ONE_OF),
  );
  return new Set(marked.map(({ name }) => name.value));
}

/** A field that a `@oneOf` input may not have, and why. */
export interface WrongField {
  readonly node: InputValueDefinitionNode;
  readonly message: string;
}

/** Spec: section 3.10, type validation of OneOf Input Objects. */
export function wrongOneOfFields(document: DocumentNode): readonly WrongField[] {
  const names = oneOfInputs(document);
  return inputsIn(document)
    .filter(({ name }) => names.has(name.value))
    .flatMap(({ name, fields = [] }) =>
      fields.flatMap((node): WrongField[] => {
        const coordinate = `${name.value}.${node.name.value}`;
        if (node.type.kind === Kind.NON_NULL_TYPE)
          return [
            { node, message: `${coordinate} is a field of a @oneOf input and must be nullable: write it without "!"` },
          ];
        if (node.defaultValue !== undefined)
          return [{ node, message: `${coordinate} is a field of a @oneOf input and must not have a default` }];
        return [];
      }),
    );
}

/** A copy of a document without `@oneOf` and its definition, as the libraries of federation can read it. */
export function withoutOneOf(document: DocumentNode): DocumentNode {
  return visit(document, {
    Directive: ({ name }) => (name.value === ONE_OF ? null : undefined),
    DirectiveDefinition: ({ name }) => (name.value === ONE_OF ? null : false),
  });
}

const DEFINITION = `directive @${ONE_OF} on INPUT_OBJECT\n\n`;

/**
 * An SDL with `@oneOf` on input types.
 * @param names of the types; those that it does not have are left out
 * @param defines whether the directive is defined, for readers that do not know it
 */
export function withOneOf(sdl: string, names: ReadonlySet<string>, defines: boolean): string {
  if (names.size === 0) return sdl;
  let text = '';
  let at = 0;
  for (const { kind, name } of inputsIn(parse(sdl))) {
    const end = name.loc?.end ?? 0;
    if (kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION || !names.has(name.value)) continue;
    text += `${sdl.slice(at, end)} @${ONE_OF}`;
    at = end;
  }
  if (at === 0) return sdl;
  const marked = text + sdl.slice(at);
  return defines ? `${marked.trimEnd()}\n\n${DEFINITION.trimEnd()}\n` : marked;
}
