import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type NamedTypeNode,
  type SchemaDefinitionNode,
  type TypeDefinitionNode,
} from 'graphql';
import { namedType } from './join-directives';
import type { SchemaView } from './requirements';
import { type Fielded, VisibleFields } from './visible-fields';

/**
 * The part of an API schema that somebody may use: without fields whose requirements are not fulfilled, without types of which
 * nothing can be asked, and without what is reached by these alone. It is a valid schema, unless `Query` itself has no field left. An
 * interface of which no field may be asked, but types that implement it, is a union of them: that is all that can be done with it.
 * @param document of the API schema, definitions only
 */
export function visiblePart(document: DocumentNode, view: SchemaView): DocumentNode {
  return { kind: Kind.DOCUMENT, definitions: new VisiblePart(document, view).definitions() };
}

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

class VisiblePart {
  readonly #document: DocumentNode;
  readonly #types = new Map<string, TypeDefinitionNode>();
  readonly #fields: VisibleFields;
  readonly #reached = new Set<string>();
  /** Interfaces that fields return: their types are reached by them. */
  readonly #returned = new Set<string>();

  constructor(document: DocumentNode, view: SchemaView) {
    this.#document = document;
    const directives: DirectiveDefinitionNode[] = [];
    let roots: ReadonlySet<string> = ROOTS;
    for (const one of document.definitions) {
      if (one.kind === Kind.DIRECTIVE_DEFINITION) directives.push(one);
      else if (one.kind === Kind.SCHEMA_DEFINITION) roots = rootsOf(one);
      else if ('name' in one && one.name !== undefined) this.#types.set(one.name.value, one as TypeDefinitionNode); // as: no others are written in it
    }
    this.#fields = new VisibleFields(this.#types, view, roots);
    for (const { arguments: given = [] } of directives) for (const { type } of given) this.#reach(namedType(type));
    for (const root of roots) this.#reach(root);
  }

  definitions(): DefinitionNode[] {
    return this.#document.definitions.flatMap((one): DefinitionNode[] => {
      if (one.kind === Kind.DIRECTIVE_DEFINITION) return [one];
      if (one.kind === Kind.SCHEMA_DEFINITION) return [this.#schema(one)];
      if (!('name' in one) || one.name === undefined || !this.#reached.has(one.name.value)) return [];
      return [this.#visible(one)];
    });
  }

  #schema(one: SchemaDefinitionNode): SchemaDefinitionNode {
    return { ...one, operationTypes: one.operationTypes.filter(({ type }) => this.#reached.has(type.name.value)) };
  }

  #reach(name: string): void {
    const type = this.#types.get(name);
    if (type === undefined || this.#reached.has(name) || !this.#fields.isVisible(name)) return;
    this.#reached.add(name);
    if (type.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
      for (const field of type.fields ?? []) this.#reach(namedType(field.type));
    else if (type.kind === Kind.UNION_TYPE_DEFINITION)
      for (const member of type.types ?? []) this.#reach(nameOf(member));
    else if (type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION)
      this.#reachFrom(type);
  }

  #reachFrom(type: Fielded): void {
    if (this.#fields.isUnion(type.name.value)) return;
    for (const one of this.#interfacesOf(type)) this.#reach(nameOf(one));
    for (const field of this.#fieldsOf(type)) {
      this.#reachReturned(namedType(field.type));
      for (const argument of field.arguments ?? []) this.#reach(namedType(argument.type));
    }
  }

  #reachReturned(name: string): void {
    this.#reach(name);
    if (this.#returned.has(name)) return;
    this.#returned.add(name);
    for (const one of this.#fields.implementersOf(name)) this.#reachReturned(one);
  }

  #fieldsOf(type: Fielded): FieldDefinitionNode[] {
    return (type.fields ?? []).filter((field) => this.#fields.has(type.name.value, field.name.value));
  }

  #interfacesOf({ interfaces = [] }: Fielded): NamedTypeNode[] {
    return interfaces.filter(({ name: { value } }) => this.#fields.isVisible(value) && !this.#fields.isUnion(value));
  }

  #visible(one: DefinitionNode): DefinitionNode {
    if (one.kind === Kind.UNION_TYPE_DEFINITION)
      return { ...one, types: (one.types ?? []).filter((type) => this.#fields.isVisible(nameOf(type))) };
    if (one.kind !== Kind.OBJECT_TYPE_DEFINITION && one.kind !== Kind.INTERFACE_TYPE_DEFINITION) return one;
    if (!this.#fields.isUnion(one.name.value))
      return { ...one, fields: this.#fieldsOf(one), interfaces: this.#interfacesOf(one) };
    const { name, description, directives = [] } = one;
    const types = this.#fields.implementersOf(name.value).map(named);
    const common = { name, directives: directives as ConstDirectiveNode[], types };
    return { kind: Kind.UNION_TYPE_DEFINITION, ...common, ...(description && { description }) };
  }
}

function rootsOf({ operationTypes }: SchemaDefinitionNode): ReadonlySet<string> {
  return new Set(operationTypes.map(({ type }) => type.name.value));
}

function nameOf({ name }: NamedTypeNode): string {
  return name.value;
}

function named(value: string): NamedTypeNode {
  return { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value } };
}
