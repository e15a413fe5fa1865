import {
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import type { Claims, Protection } from './protection';

/** The rules of authorization as they are written in docs/authorization.md, one question each. */
export class Rules {
  readonly #objects = new Map<string, ObjectTypeDefinitionNode>();
  readonly #interfaces = new Map<string, readonly FieldDefinitionNode[]>();
  readonly #unions = new Map<string, readonly string[]>();
  readonly #contexts = new Map<string, string[]>();
  readonly #protection: Protection;
  readonly #claims: Claims;

  constructor(supergraph: DocumentNode, protection: Protection, claims: Claims) {
    this.#protection = protection;
    this.#claims = claims;
    for (const one of supergraph.definitions) {
      if (one.kind === Kind.OBJECT_TYPE_DEFINITION) this.#objects.set(one.name.value, one);
      if (one.kind === Kind.INTERFACE_TYPE_DEFINITION) this.#interfaces.set(one.name.value, one.fields ?? []);
      if (one.kind === Kind.UNION_TYPE_DEFINITION)
        this.#unions.set(
          one.name.value,
          (one.types ?? []).map(({ name }) => name.value),
        );
      if (one.kind !== Kind.OBJECT_TYPE_DEFINITION && one.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      for (const text of argumentsOf(one, 'context', 'name'))
        this.#contexts.set(text, [...(this.#contexts.get(text) ?? []), one.name.value]);
    }
  }

  isInterface(type: string): boolean {
    return this.#interfaces.has(type);
  }

  fits(type: string, condition: string): boolean {
    const members = this.#unions.get(condition) ?? this.#typesOf(condition);
    return type === condition || members.includes(type);
  }

  #typesOf(abstract: string): string[] {
    return [...this.#objects.values()]
      .filter(({ interfaces = [] }) => interfaces.some(({ name }) => name.value === abstract))
      .map(({ name }) => name.value);
  }

  #isMet(place: string): boolean {
    return (this.#protection.get(place) ?? []).every((scopes) => {
      const claims = this.#claims;
      if (claims === null) return false;
      return scopes === null || scopes.some((all) => all.every((one) => claims.includes(one)));
    });
  }

  /** Whether a type may be had; an interface: every one of its types. A union has no requirements. */
  isTypeOpen(type: string): boolean {
    return this.isInterface(type) ? this.#typesOf(type).every((one) => this.#isMet(one)) : this.#isMet(type);
  }

  fieldType(type: string, name: string): TypeNode | undefined {
    const fields = this.#objects.get(type)?.fields ?? this.#interfaces.get(type);
    return fields?.find((one) => one.name.value === name)?.type;
  }

  /** Whether a field may be asked of a type, as far as the field is concerned. */
  isFieldOpen(type: string, name: string, seen: ReadonlySet<string> = new Set()): boolean {
    const place = `${type}.${name}`;
    if (seen.has(place)) return true;
    const below = new Set([...seen, place]);
    if (this.isInterface(type)) return this.#typesOf(type).every((one) => this.isFieldOpen(one, name, seen));
    const returned = nameOf(this.fieldType(type, name));
    const isReturnedOpen = this.isInterface(returned) || this.#isMet(returned);
    return this.#isMet(place) && isReturnedOpen && this.#areIngredientsOpen(type, name, below);
  }

  /** Whether a subgraph may be asked for a field of objects of a type. Where it knows an interface only, they may be of one of its types. */
  mayBeAsked(type: string, name: string): boolean {
    const types = this.isInterface(type) ? this.#typesOf(type) : [type];
    return types.some((one) => this.isTypeOpen(one) && this.isFieldOpen(one, name));
  }

  /** An object of an interface may get its field from a subgraph that knows the interface only. */
  #areIngredientsOpen(type: string, name: string, seen: ReadonlySet<string>): boolean {
    const object = this.#objects.get(type);
    const interfaces = (object?.interfaces ?? []).map((one) => one.name.value);
    const fields = [
      [type, object?.fields],
      ...interfaces.map((one) => [one, this.#interfaces.get(one)] as const),
    ] as const;
    return fields.every(([holder, all = []]) => {
      const field = all.find((one) => one.name.value === name);
      if (field === undefined) return true;
      const required = argumentsOf(field, 'join__field', 'requires').map((text) => [holder, text] as const);
      const contextual = contextsOf(field).flatMap(({ context, selection }) =>
        (this.#contexts.get(context) ?? []).map((one) => [one, selection] as const),
      );
      return [...required, ...contextual].every(([on, text]) => this.#isSetOpen(on, setOf(text), seen));
    });
  }

  #isSetOpen(type: string, { selections }: SelectionSetNode, seen: ReadonlySet<string>): boolean {
    return selections.every((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return true;
      if (one.kind === Kind.INLINE_FRAGMENT) {
        const inner = one.typeCondition?.name.value ?? type;
        return this.isTypeOpen(inner) && this.#isSetOpen(inner, one.selectionSet, seen);
      }
      const name = one.name.value;
      if (!this.isFieldOpen(type, name, seen)) return false;
      const returned = nameOf(this.fieldType(type, name));
      if (this.isInterface(returned) && !this.isTypeOpen(returned)) return false;
      return one.selectionSet === undefined || this.#isSetOpen(returned, one.selectionSet, seen);
    });
  }
}

export function nameOf(type: TypeNode | undefined): string {
  if (type === undefined) return '';
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

function setOf(text: string): SelectionSetNode {
  const [definition] = parse(text.trim().startsWith('{') ? text : `{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no selection: ${text}`);
  return definition.selectionSet;
}

/** Texts of one argument of all directives of a name. */
function argumentsOf(node: Pick<ObjectTypeDefinitionNode, 'directives'>, directive: string, argument: string) {
  return (node.directives ?? [])
    .filter(({ name }) => name.value === directive || name.value.endsWith(`__${directive}`))
    .flatMap((one) => one.arguments ?? [])
    .flatMap(({ name, value }) => (name.value === argument && value.kind === Kind.STRING ? [value.value] : []));
}

function contextsOf({ directives = [] }: FieldDefinitionNode) {
  return directives.flatMap(({ arguments: given = [] }) => {
    const list = given.find(({ name }) => name.value === 'contextArguments')?.value;
    if (list?.kind !== Kind.LIST) return [];
    return list.values.map((value) => {
      const texts = new Map(
        value.kind === Kind.OBJECT
          ? value.fields.map((one) => [one.name.value, one.value.kind === Kind.STRING ? one.value.value : ''])
          : [],
      );
      return { context: texts.get('context') ?? '', selection: texts.get('selection') ?? '' };
    });
  });
}
