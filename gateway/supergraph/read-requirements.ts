import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
  type TypeDefinitionNode,
} from 'graphql';
import { contextArguments, fieldSet, joinArgument, namedType } from './join-directives';
import type { Requirement, Requirements } from './requirements';
import { type RequirementsIn, securityDirectives } from './security-directives';

type FieldsDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

/** Fields that others are made of may be made of others again; a chain is not longer than this. */
const CHAIN_MAX = 50;

/**
 * Reads what parts of a supergraph require. Not for the thread that answers clients.
 * @returns null when nothing requires anything
 */
export function readRequirements(supergraph: DocumentNode): Requirements | null {
  const requirementsIn = securityDirectives(supergraph);
  if (requirementsIn === null) return null;
  const reading = new Reading(supergraph, requirementsIn);
  return reading.found.all.length === 0 ? null : reading.found;
}

/** Requirements, each once. */
class Known {
  readonly all: Requirement[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(requirement: Requirement): number {
    const anyOf = least(requirement.anyOf);
    const key = JSON.stringify([requirement.kind, anyOf]);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#indexes.set(key, this.all.length);
    return this.all.push({ ...requirement, anyOf }) - 1;
  }

  /** Without those that others fulfil. */
  withoutImplied(indexes: Iterable<number>): readonly number[] {
    const distinct = [...new Set(indexes)].sort((a, b) => a - b);
    return distinct.filter((one) => !distinct.some((other) => other !== one && this.#implies(other, one)));
  }

  #implies(index: number, other: number): boolean {
    const [strong, weak] = [this.all[index], this.all[other]];
    if (strong === undefined || weak === undefined || strong.kind !== weak.kind) return false;
    return strong.anyOf.every((names) => weak.anyOf.some((fewer) => fewer.every((name) => names.includes(name))));
  }
}

class Reading {
  readonly found: Requirements;
  readonly #known = new Known();
  readonly #types = new Map<string, TypeDefinitionNode>();
  readonly #implementers = new Map<string, ObjectTypeDefinitionNode[]>();
  readonly #contexts = new Map<string, string[]>();
  /** What is written at a type, and what is written at the interfaces of an object type alone. */
  readonly #ofTypes = new Map<string, Set<number>>();
  readonly #ofFields = new Map<string, Set<number>>();
  readonly #requirementsIn: RequirementsIn;

  constructor(supergraph: DocumentNode, requirementsIn: RequirementsIn) {
    this.#requirementsIn = requirementsIn;
    for (const one of supergraph.definitions) this.#index(one as TypeDefinitionNode); // as: others have none of these kinds
    for (const one of this.#types.values()) this.#readWritten(one);
    for (const one of this.#types.values()) if (one.kind === Kind.INTERFACE_TYPE_DEFINITION) this.#handDown(one);
    for (const one of this.#types.values()) if (one.kind === Kind.INTERFACE_TYPE_DEFINITION) this.#gather(one);
    this.#followIngredients();
    const settled = (from: ReadonlyMap<string, ReadonlySet<number>>) =>
      new Map([...from].flatMap(([name, set]) => (set.size === 0 ? [] : [[name, this.#known.withoutImplied(set)]])));
    const fields = new Map(
      [...this.#ofFields].map(([name, set]) => [name, new Set([...set, ...this.#returned(name)])]),
    );
    this.found = { all: this.#known.all, ofTypes: settled(this.#ofTypes), ofFields: settled(fields) };
  }

  #index(one: TypeDefinitionNode): void {
    switch (one.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
        for (const { name } of one.interfaces ?? [])
          this.#implementers.set(name.value, [...(this.#implementers.get(name.value) ?? []), one]);
        break;
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.UNION_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.SCALAR_TYPE_DEFINITION:
        break;
      default:
        return;
    }
    this.#types.set(one.name.value, one);
    for (const directive of one.directives ?? []) this.#indexContext(one.name.value, directive);
  }

  #indexContext(type: string, directive: ConstDirectiveNode): void {
    const name = directive.name.value.endsWith('context') ? joinArgument(directive, 'name') : null;
    if (name !== null) this.#contexts.set(name, [...(this.#contexts.get(name) ?? []), type]);
  }

  #written(directives: readonly ConstDirectiveNode[] | undefined): Set<number> {
    return new Set(this.#requirementsIn(directives).map((one) => this.#known.indexOf(one)));
  }

  #readWritten(one: TypeDefinitionNode): void {
    this.#ofTypes.set(one.name.value, this.#written(one.directives));
    if (!hasFields(one)) return;
    for (const { name, directives } of one.fields ?? [])
      this.#ofFields.set(`${one.name.value}.${name.value}`, this.#written(directives));
  }

  /**
   * Composition writes on an interface what its types require together. What none of them requires was written on the interface
   * itself, as older versions of composition allowed: it is for each of them, or a fragment on a type would go round it.
   */
  #handDown({ name: { value: name }, fields = [] }: InterfaceTypeDefinitionNode): void {
    const objects = this.#implementers.get(name) ?? [];
    this.#handDownFrom(
      this.#ofTypes.get(name),
      objects.map((object) => this.#ofTypes.get(object.name.value)),
    );
    for (const field of fields) {
      const same = objects.map((object) => this.#ofFields.get(`${object.name.value}.${field.name.value}`));
      this.#handDownFrom(this.#ofFields.get(`${name}.${field.name.value}`), same);
    }
  }

  #handDownFrom(written: ReadonlySet<number> = new Set(), below: readonly (Set<number> | undefined)[]): void {
    const kinds = new Set(below.flatMap((set) => [...(set ?? [])].map((index) => this.#known.all[index]?.kind)));
    const own = [...written].filter((index) => !kinds.has(this.#known.all[index]?.kind));
    for (const index of own) for (const set of below) set?.add(index);
  }

  /** Who asks something of an interface asks it of each of its types. */
  #gather({ name: { value: name }, fields = [] }: InterfaceTypeDefinitionNode): void {
    for (const object of this.#implementers.get(name) ?? []) {
      addAll(this.#ofTypes.get(name), this.#ofTypes.get(object.name.value));
      for (const field of fields) {
        const coordinate = `${object.name.value}.${field.name.value}`;
        addAll(this.#ofFields.get(`${name}.${field.name.value}`), this.#ofFields.get(coordinate));
        addAll(this.#ofFields.get(`${name}.${field.name.value}`), this.#returned(coordinate));
      }
    }
  }

  /** Requirements of the type that a field returns; those of an abstract one are for what is asked of it. */
  #returned(coordinate: string): ReadonlySet<number> {
    const [type = '', field = ''] = coordinate.split('.');
    const definition = this.#fieldOf(type, field);
    const returned = definition === undefined ? undefined : this.#types.get(namedType(definition.type));
    if (returned === undefined || returned.kind === Kind.INTERFACE_TYPE_DEFINITION) return new Set();
    return this.#ofTypes.get(returned.name.value) ?? new Set();
  }

  #fieldOf(type: string, name: string): FieldDefinitionNode | undefined {
    const definition = this.#types.get(type);
    return hasFields(definition) ? definition.fields?.find((one) => one.name.value === name) : undefined;
  }

  /**
   * A field that is made of others by `@requires` or `@fromContext` requires what they do: composition refuses one that does
   * not say so, older versions of it did not.
   */
  #followIngredients(): void {
    for (let round = 0; round < CHAIN_MAX; round++) {
      let isChanged = false;
      for (const one of this.#types.values()) {
        if (!hasFields(one)) continue;
        for (const field of one.fields ?? []) {
          const set = this.#ofFields.get(`${one.name.value}.${field.name.value}`);
          const before = set?.size;
          for (const holder of [one, ...this.#interfacesOf(one)]) this.#addIngredients(set, holder, field.name.value);
          isChanged ||= set?.size !== before;
        }
      }
      if (!isChanged) return;
    }
  }

  #interfacesOf({ interfaces = [] }: FieldsDefinition): FieldsDefinition[] {
    return interfaces.map(({ name }) => this.#types.get(name.value)).filter((one) => hasFields(one));
  }

  /** What a field is made of. That of an interface object is made for its types of what is asked of the interface. */
  #addIngredients(to: Set<number> | undefined, { name, fields = [] }: FieldsDefinition, field: string): void {
    const { directives = [] } = fields.find((one) => one.name.value === field) ?? {};
    for (const directive of directives) {
      if (directive.name.value !== 'join__field') continue;
      const requires = joinArgument(directive, 'requires');
      if (requires !== null) this.#addSelected(to, name.value, fieldSet(requires));
      for (const { context, selection } of contextArguments(directive))
        for (const type of this.#contexts.get(context) ?? []) this.#addSelected(to, type, fieldSet(selection));
    }
  }

  #addSelected(to: Set<number> | undefined, type: string, { selections }: SelectionSetNode): void {
    for (const one of selections) {
      if (one.kind === Kind.FRAGMENT_SPREAD) continue;
      if (one.kind === Kind.INLINE_FRAGMENT) {
        const inner = one.typeCondition?.name.value ?? type;
        addAll(to, this.#ofTypes.get(inner));
        this.#addSelected(to, inner, one.selectionSet);
        continue;
      }
      const coordinate = `${type}.${one.name.value}`;
      addAll(to, this.#ofFields.get(coordinate));
      const definition = this.#fieldOf(type, one.name.value);
      if (definition === undefined) continue;
      const returned = namedType(definition.type);
      addAll(to, this.#ofTypes.get(returned));
      if (one.selectionSet !== undefined) this.#addSelected(to, returned, one.selectionSet);
    }
  }
}

/** The alternatives that no other one makes needless, in one order: equal for all ways to write the same. */
function least(anyOf: Requirement['anyOf']): Requirement['anyOf'] {
  const texts = new Set(anyOf.map((names) => JSON.stringify([...new Set(names)].sort())));
  const distinct = [...texts].sort().map((text): readonly string[] => JSON.parse(text));
  const isWithin = (fewer: readonly string[], names: readonly string[]) => fewer.every((name) => names.includes(name));
  return distinct.filter((names) => !distinct.some((fewer) => fewer !== names && isWithin(fewer, names)));
}

function hasFields(one: TypeDefinitionNode | undefined): one is FieldsDefinition {
  return one?.kind === Kind.OBJECT_TYPE_DEFINITION || one?.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

function addAll(to: Set<number> | undefined, from: ReadonlySet<number> | undefined): void {
  for (const one of from ?? []) to?.add(one);
}
