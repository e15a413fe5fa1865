import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  type TypeDefinitionNode,
} from 'graphql';
import { namedType } from './join-directives';
import { linkedNames, textOf } from './linked-directives';
import type { Supergraph } from './supergraph';

/**
 * By what `@tag` says, names of fields, arguments and input fields that have it: of their own, or for the type that they stand in or
 * have. It can be sent between threads.
 */
export type SchemaTags = ReadonlyMap<string, ReadonlySet<string>>;

type Definition = FieldDefinitionNode | InputValueDefinitionNode;

/** Reads the tags of a supergraph, whatever its directive is called. Not for the thread that answers clients. */
export function readSchemaTags(supergraph: DocumentNode): SchemaTags {
  const directives = new Set(linkedNames('tag', supergraph));
  const tagsOf = (node: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | undefined) =>
    (node?.directives ?? []).flatMap((directive) =>
      directives.has(directive.name.value)
        ? (textOf(directive.arguments?.find(({ name }) => name.value === 'name')?.value) ?? [])
        : [],
    );
  const types = new Map<string, TypeDefinitionNode>();
  for (const one of supergraph.definitions)
    if ('name' in one && one.name !== undefined && one.kind !== Kind.DIRECTIVE_DEFINITION)
      types.set(one.name.value, one as TypeDefinitionNode); // as: a schema has no others

  const found = new Map<string, Set<string>>();
  const add = (definition: Definition, holder: TypeDefinitionNode) => {
    for (const tag of [...tagsOf(definition), ...tagsOf(holder), ...tagsOf(types.get(namedType(definition.type)))]) {
      const names = found.get(tag) ?? new Set();
      found.set(tag, names.add(definition.name.value));
    }
  };
  for (const type of types.values()) {
    if (!('fields' in type)) continue;
    for (const field of type.fields ?? []) {
      add(field, type);
      if ('arguments' in field) for (const argument of field.arguments ?? []) add(argument, type);
    }
  }
  return found;
}

const NONE: SchemaTags = new Map();
const known = new WeakMap<Supergraph, SchemaTags>();

/** Keeps the tags of a supergraph. To be called once for each, before anybody asks for them. */
export function keepSchemaTags(supergraph: Supergraph, tags: SchemaTags): void {
  known.set(supergraph, tags);
}

export function schemaTagsOf(supergraph: Supergraph): SchemaTags {
  return known.get(supergraph) ?? NONE;
}
