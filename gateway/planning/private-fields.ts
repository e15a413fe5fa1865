import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';
import { fieldSet, joinArgument, namedType } from '../supergraph/join-directives';

/** A field that exists for the planner only: a real one with the arguments that some `@requires` gives it. */
export interface PrivateField {
  readonly name: string;
  readonly arguments: readonly ConstArgumentNode[];
}

export interface PlanningSupergraph {
  readonly document: DocumentNode;
  /** By private name. */
  readonly privateFields: ReadonlyMap<string, PrivateField>;
}

type FieldsType = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

function isFieldsType(node: DocumentNode['definitions'][number]): node is FieldsType {
  return node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION;
}

/** Gives names to what is required with arguments, and remembers on which types. */
class Naming {
  readonly fields = new Map<string, PrivateField>();
  /** Private names that a type needs. */
  readonly needed = new Map<string, Set<string>>();
  readonly #names = new Map<string, string>();

  constructor(
    readonly types: ReadonlyMap<string, FieldsType>,
    readonly nameFor: (field: string, index: number) => string,
  ) {}

  /** The same field with the same arguments has the same name on every type. */
  nameOf(typename: string, { name, arguments: given = [] }: FieldNode): string {
    const sorted = [...given].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));
    const key = `${name.value}(${sorted.map((one) => stripIgnoredCharacters(print(one))).join()})`;
    let found = this.#names.get(key);
    if (found === undefined) {
      found = this.nameFor(name.value, this.#names.size);
      this.#names.set(key, found);
      // as: a field set has no variables
      this.fields.set(found, { name: name.value, arguments: sorted as readonly ConstArgumentNode[] });
    }
    for (const type of this.types.values()) {
      const isMeant = type.name.value === typename || type.interfaces?.some((one) => one.name.value === typename);
      if (!isMeant) continue;
      const names = this.needed.get(type.name.value) ?? new Set();
      this.needed.set(type.name.value, names.add(found));
    }
    return found;
  }

  /** The set with private names in the place of fields with arguments. */
  rename(set: SelectionSetNode, typename: string): SelectionSetNode {
    const selections = set.selections.map((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return one;
      if (one.kind === Kind.INLINE_FRAGMENT) {
        const condition = one.typeCondition?.name.value ?? typename;
        return { ...one, selectionSet: this.rename(one.selectionSet, condition) };
      }
      const field = this.types.get(typename)?.fields?.find(({ name }) => name.value === one.name.value);
      const type = field === undefined ? '' : namedType(field.type);
      const below = one.selectionSet === undefined ? {} : { selectionSet: this.rename(one.selectionSet, type) };
      if ((one.arguments ?? []).length === 0) return { ...one, ...below };
      return { ...one, ...below, arguments: [], name: { ...one.name, value: this.nameOf(typename, one) } };
    });
    return { ...set, selections };
  }
}

function renameRequires(directive: ConstDirectiveNode, typename: string, naming: Naming): ConstDirectiveNode {
  const requires = directive.name.value === 'join__field' ? joinArgument(directive, 'requires') : null;
  if (requires === null) return directive;
  const renamed = print(naming.rename(fieldSet(requires), typename))
    .trim()
    .slice(1, -1);
  return {
    ...directive,
    arguments: (directive.arguments ?? []).map((one) =>
      one.name.value === 'requires' ? { ...one, value: { kind: Kind.STRING, value: renamed } } : one,
    ),
  };
}

function renameIn(type: FieldsType, naming: Naming): FieldsType {
  const fields = (type.fields ?? []).map((field) => {
    const directives = field.directives?.map((one) => renameRequires(one, type.name.value, naming));
    return directives === undefined ? field : { ...field, directives };
  });
  return { ...type, fields };
}

function addNeeded(type: FieldsType, { needed, fields }: Naming): FieldsType {
  const added = [...(needed.get(type.name.value) ?? [])].flatMap((name): FieldDefinitionNode[] => {
    const real = type.fields?.find((one) => one.name.value === fields.get(name)?.name);
    return real === undefined ? [] : [{ ...real, name: { ...real.name, value: name }, arguments: [] }];
  });
  return { ...type, fields: [...(type.fields ?? []), ...added] };
}

/**
 * A copy of a supergraph for the planner: each field that some `@requires` gives arguments has a private field without
 * arguments beside it, owned by the same subgraphs, and the `@requires` names that one. Otherwise the planner merges the
 * client's `comments(limit: 1)` with a required `comments(limit: 3)` under one response key, and one of them wins.
 */
export function withPrivateFields(
  document: DocumentNode,
  nameFor: (field: string, index: number) => string,
): PlanningSupergraph {
  const types = new Map(document.definitions.filter(isFieldsType).map((type) => [type.name.value, type]));
  const naming = new Naming(types, nameFor);
  const renamed = document.definitions.map((one) => (isFieldsType(one) ? renameIn(one, naming) : one));
  const definitions = renamed.map((one) => (isFieldsType(one) ? addNeeded(one, naming) : one));
  return { document: { ...document, definitions }, privateFields: naming.fields };
}
