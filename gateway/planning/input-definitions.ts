import {
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  Kind,
  OperationTypeNode,
  type TypeDefinitionNode,
} from 'graphql';
import { namedType } from '../supergraph/join-directives';

/** A field of an object or interface. */
interface OutputField {
  /** Name of its type, without lists. */
  readonly type: string;
  readonly arguments: readonly InputValueDefinitionNode[];
}

/** Declared types of the arguments in an operation. */
export interface InputDefinitions {
  root(operation: OperationTypeNode): string;
  field(typename: string, name: string): OutputField | undefined;
  directive(name: string): readonly InputValueDefinitionNode[] | undefined;
  /** Of an input type; undefined for every other type. */
  fieldsOf(input: string): ReadonlyMap<string, InputValueDefinitionNode> | undefined;
  isCustomScalar(name: string): boolean;
}

const DEFAULT_ROOTS: Readonly<Record<OperationTypeNode, string>> = {
  [OperationTypeNode.QUERY]: 'Query',
  [OperationTypeNode.MUTATION]: 'Mutation',
  [OperationTypeNode.SUBSCRIPTION]: 'Subscription',
};

function byName<N extends { readonly name: { readonly value: string } }>(nodes: readonly N[]): ReadonlyMap<string, N> {
  return new Map(nodes.map((one) => [one.name.value, one]));
}

function fieldsIn(type: TypeDefinitionNode | undefined): ReadonlyMap<string, FieldDefinitionNode> {
  const hasFields = type?.kind === Kind.OBJECT_TYPE_DEFINITION || type?.kind === Kind.INTERFACE_TYPE_DEFINITION;
  return byName(hasFields ? (type.fields ?? []) : []);
}

export function inputDefinitions({ definitions }: DocumentNode): InputDefinitions {
  const types = new Map<string, TypeDefinitionNode>();
  const directives = new Map<string, readonly InputValueDefinitionNode[]>();
  const roots = { ...DEFAULT_ROOTS };
  for (const one of definitions) {
    if (one.kind === Kind.DIRECTIVE_DEFINITION) directives.set(one.name.value, one.arguments ?? []);
    else if (one.kind === Kind.SCHEMA_DEFINITION)
      for (const { operation, type } of one.operationTypes) roots[operation] = type.name.value;
    else if (isTypeDefinitionNode(one)) types.set(one.name.value, one);
  }
  const fields = new Map<string, ReadonlyMap<string, FieldDefinitionNode>>();
  const inputs = new Map<string, ReadonlyMap<string, InputValueDefinitionNode>>();

  return {
    root: (operation) => roots[operation],
    directive: (name) => directives.get(name),
    isCustomScalar: (name) => types.get(name)?.kind === Kind.SCALAR_TYPE_DEFINITION,
    field(typename, name) {
      const known = fields.get(typename) ?? fieldsIn(types.get(typename));
      fields.set(typename, known);
      const field = known.get(name);
      return field === undefined ? undefined : { type: namedType(field.type), arguments: field.arguments ?? [] };
    },
    fieldsOf(input) {
      const type = types.get(input);
      if (type?.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION) return undefined;
      const known = inputs.get(input) ?? byName(type.fields ?? []);
      inputs.set(input, known);
      return known;
    },
  };
}
