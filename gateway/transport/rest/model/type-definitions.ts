import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  visit,
} from 'graphql';

const DEFINITION_KINDS = {
  ScalarTypeExtension: Kind.SCALAR_TYPE_DEFINITION,
  ObjectTypeExtension: Kind.OBJECT_TYPE_DEFINITION,
  InterfaceTypeExtension: Kind.INTERFACE_TYPE_DEFINITION,
  UnionTypeExtension: Kind.UNION_TYPE_DEFINITION,
  EnumTypeExtension: Kind.ENUM_TYPE_DEFINITION,
  InputObjectTypeExtension: Kind.INPUT_OBJECT_TYPE_DEFINITION,
} as const;

/** A type as written in one place or several: `type User` and each `extend type User`. */
export interface TypeParts {
  readonly name: string;
  readonly parts: readonly (TypeDefinitionNode | TypeExtensionNode)[];
  readonly directives: readonly ConstDirectiveNode[];
}

/** Types by name in document order, extensions gathered with what they extend. */
export function gatherTypes(definitions: readonly DefinitionNode[]): readonly TypeParts[] {
  const byName = new Map<string, (TypeDefinitionNode | TypeExtensionNode)[]>();
  for (const definition of definitions) {
    if (!isTypeDefinitionNode(definition) && !isTypeExtensionNode(definition)) continue;
    const parts = byName.get(definition.name.value);
    if (parts === undefined) byName.set(definition.name.value, [definition]);
    else parts.push(definition);
  }
  return [...byName].map(([name, parts]) => ({
    name,
    parts,
    directives: parts.flatMap((part) => part.directives ?? []),
  }));
}

/** One definition out of all parts of a type. */
export function mergeParts(parts: readonly (TypeDefinitionNode | TypeExtensionNode)[]): TypeDefinitionNode | null {
  const [first] = parts;
  if (first === undefined) return null;
  const merged: Record<string, unknown> = { ...(parts.find(isTypeDefinitionNode) ?? first) };
  for (const list of ['fields', 'interfaces', 'types', 'values']) {
    const all = parts.flatMap((part) => listOf(part, list));
    if (all.length > 0) merged[list] = all;
  }
  const kind = isTypeExtensionNode(first) ? DEFINITION_KINDS[first.kind] : first.kind;
  // Every part of one name is of one kind, so the gathered lists are those of that kind of definition.
  return { ...merged, kind } as unknown as TypeDefinitionNode;
}

function listOf(part: object, list: string): readonly unknown[] {
  const value: unknown = Reflect.get(part, list);
  return Array.isArray(value) ? value : [];
}

/** Takes the directives off types. */
export function withoutDirectives<Node extends DocumentNode | TypeDefinitionNode>(node: Node): Node {
  return visit(node, { Directive: () => null });
}
