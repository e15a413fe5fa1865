import {
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { namedType } from './join-directives';
import type { SchemaView } from './requirements';

export type Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** Which types of a schema somebody may ask something of, and which of their fields. */
export class VisibleFields {
  readonly #types: ReadonlyMap<string, TypeDefinitionNode>;
  /** Visible fields of object types and interfaces, by the name of the type. */
  readonly #fields = new Map<string, Set<string>>();
  /** Objects, interfaces and unions of which nothing can be asked. */
  readonly #hidden = new Set<string>();
  /** Interfaces that are no more than their types. */
  readonly #unions = new Set<string>();
  readonly #implementers = new Map<string, Fielded[]>();
  readonly #isFulfilled: (requirements: readonly number[] | undefined) => boolean;

  /** @param roots names of the root types, that of queries first */
  constructor(types: ReadonlyMap<string, TypeDefinitionNode>, view: SchemaView, roots: ReadonlySet<string>) {
    this.#types = types;
    this.#isFulfilled = (requirements = []) => requirements.every((one) => view.granted[one] === '1');
    for (const type of types.values()) if (isFielded(type)) this.#begin(type, view);
    const [query = 'Query'] = roots;
    while (this.#settle(query));
  }

  /** @param name of whatever type */
  isVisible(name: string): boolean {
    return !this.#hidden.has(name);
  }

  /** Whether an interface is seen as a union. */
  isUnion(name: string): boolean {
    return this.#unions.has(name);
  }

  has(type: string, field: string): boolean {
    return this.#fields.get(type)?.has(field) ?? false;
  }

  /** Visible types of an interface: objects, and interfaces where it is not a union itself. */
  implementersOf(name: string): string[] {
    return this.#visibleImplementers(name).map((one) => one.name.value);
  }

  #begin(type: Fielded, { requirements: { ofTypes, ofFields } }: SchemaView): void {
    const name = type.name.value;
    for (const { name: of } of type.interfaces ?? [])
      this.#implementers.set(of.value, [...(this.#implementers.get(of.value) ?? []), type]);
    const isFulfilled = this.#isFulfilled(ofTypes.get(name));
    if (!isFulfilled && type.kind === Kind.OBJECT_TYPE_DEFINITION) this.#hidden.add(name);
    const fields = isFulfilled ? (type.fields ?? []) : [];
    const visible = fields.filter((field) => this.#isFulfilled(ofFields.get(`${name}.${field.name.value}`)));
    this.#fields.set(name, new Set(visible.map((field) => field.name.value)));
  }

  /** Takes away what has lost its sense with something else. @returns whether something was taken away */
  #settle(query: string): boolean {
    let isChanged = false;
    for (const [name, type] of this.#types) {
      if (this.#hidden.has(name)) continue;
      if (isFielded(type) && this.#settleFields(type)) isChanged = true;
      if (name === query || !this.#isEmpty(type)) continue;
      this.#hidden.add(name);
      isChanged = true;
    }
    return isChanged;
  }

  #settleFields(type: Fielded): boolean {
    const name = type.name.value;
    const visible = this.#fields.get(name) ?? new Set();
    const before = visible.size;
    for (const field of type.fields ?? []) {
      if (!visible.has(field.name.value)) continue;
      const isThere = !this.#hidden.has(namedType(field.type));
      if (!isThere || !this.#isImplemented(type, field.name.value, field.type)) visible.delete(field.name.value);
    }
    if (type.kind === Kind.OBJECT_TYPE_DEFINITION || visible.size > 0 || this.#unions.has(name))
      return visible.size !== before;
    this.#unions.add(name);
    return true;
  }

  #isEmpty(type: TypeDefinitionNode): boolean {
    const name = type.name.value;
    if (type.kind === Kind.OBJECT_TYPE_DEFINITION) return this.#fields.get(name)?.size === 0;
    if (type.kind === Kind.INTERFACE_TYPE_DEFINITION)
      return this.#unions.has(name) && this.#visibleImplementers(name).length === 0;
    if (type.kind !== Kind.UNION_TYPE_DEFINITION) return false;
    return (type.types ?? []).every((member) => this.#hidden.has(member.name.value));
  }

  /** Whether what is seen of an interface's types has the field, as the interface promises. */
  #isImplemented({ kind, name: { value: name } }: Fielded, field: string, promised: TypeNode): boolean {
    if (kind === Kind.OBJECT_TYPE_DEFINITION) return true;
    return this.#visibleImplementers(name).every((one) => {
      const own = one.fields?.find((candidate) => candidate.name.value === field);
      return own !== undefined && this.has(one.name.value, field) && this.#isSubType(own.type, promised);
    });
  }

  #visibleImplementers(name: string): Fielded[] {
    return (this.#implementers.get(name) ?? []).filter((one) => {
      if (this.#hidden.has(one.name.value)) return false;
      if (one.kind === Kind.OBJECT_TYPE_DEFINITION) return true;
      return !this.#unions.has(name) && !this.#unions.has(one.name.value);
    });
  }

  #isSubType(type: TypeNode, of: TypeNode): boolean {
    if (of.kind === Kind.NON_NULL_TYPE) return type.kind === Kind.NON_NULL_TYPE && this.#isSubType(type.type, of.type);
    if (type.kind === Kind.NON_NULL_TYPE) return this.#isSubType(type.type, of);
    if (of.kind === Kind.LIST_TYPE) return type.kind === Kind.LIST_TYPE && this.#isSubType(type.type, of.type);
    return type.kind === Kind.NAMED_TYPE && this.#isPossible(type.name.value, of.name.value);
  }

  #isPossible(name: string, of: string): boolean {
    if (name === of) return true;
    const abstract = this.#types.get(of);
    if (abstract?.kind === Kind.UNION_TYPE_DEFINITION)
      return (abstract.types ?? []).some((member) => member.name.value === name);
    return this.#visibleImplementers(of).some((one) => one.name.value === name);
  }
}

function isFielded(type: TypeDefinitionNode): type is Fielded {
  return type.kind === Kind.OBJECT_TYPE_DEFINITION || type.kind === Kind.INTERFACE_TYPE_DEFINITION;
}
