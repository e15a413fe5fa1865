import {
  type ArgumentNode,
  type ConstValueNode,
  type DocumentNode,
  type FieldNode,
  type InputValueDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type TypeNode,
  type ValueNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { type InputDefinitions, inputDefinitions } from './input-definitions';
import { type FetchNode, fetchesMapped, type Plan } from './plan';
import type { PrivateNames } from './private-names';

/** Literals that a plan has variables for, and the defaults that it has zeros in. */
export interface PrivateLiterals {
  /** By the name of the variable. */
  readonly values: ReadonlyMap<string, ValueNode>;
  /** By the name of a variable of the client. */
  readonly defaults: ReadonlyMap<string, ConstValueNode>;
}

/** Where nobody looks at types: inside a custom scalar. */
const ANY: TypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Boolean' } };

/** Whether the planner, which makes doubles of numbers, would write a number differently. */
function isChangedNumber(node: ValueNode): boolean {
  return (node.kind === Kind.INT || node.kind === Kind.FLOAT) && String(Number(node.value)) !== node.value;
}

/** Replaces a literal. @param type of its place */
type Replace = (node: ValueNode, type: TypeNode) => ValueNode;

/** Replaces the literals that the planner would write differently, by the types of their places. */
class LiteralWalk {
  constructor(
    readonly definitions: InputDefinitions,
    readonly replace: Replace,
  ) {}

  /** A value of a declared type: numbers of `Float` and custom scalars, and inside these enum values, which it takes for strings. */
  typed(node: ValueNode, type: TypeNode, place = type): ValueNode {
    if (node.kind === Kind.VARIABLE || node.kind === Kind.NULL) return node;
    if (type.kind === Kind.NON_NULL_TYPE) return this.typed(node, type.type, place);
    if (type.kind === Kind.LIST_TYPE) {
      const values = node.kind === Kind.LIST ? node.values : [node];
      const changed = values.map((one) => this.typed(one, type.type));
      return changed.every((one, index) => one === values[index]) ? node : { kind: Kind.LIST, values: changed };
    }
    const name = type.name.value;
    const fields = this.definitions.fieldsOf(name);
    if (fields !== undefined)
      return node.kind === Kind.OBJECT ? this.#object(node, (key) => fields.get(key)?.type) : node;
    if (this.definitions.isCustomScalar(name)) return this.#untyped(node, place);
    return name === 'Float' && isChangedNumber(node) ? this.replace(node, place) : node;
  }

  #untyped(node: ValueNode, place: TypeNode): ValueNode {
    if (node.kind === Kind.LIST) return { ...node, values: node.values.map((one) => this.#untyped(one, ANY)) };
    if (node.kind === Kind.OBJECT)
      return { ...node, fields: node.fields.map((one) => ({ ...one, value: this.#untyped(one.value, ANY) })) };
    return node.kind === Kind.ENUM || isChangedNumber(node) ? this.replace(node, place) : node;
  }

  #object(node: Extract<ValueNode, { fields: unknown }>, typeOf: (key: string) => TypeNode | undefined): ValueNode {
    const fields = node.fields.map((one) => {
      const type = typeOf(one.name.value);
      return type === undefined ? one : { ...one, value: this.typed(one.value, type) };
    });
    return { ...node, fields };
  }

  #arguments(
    given: readonly ArgumentNode[],
    declared: readonly InputValueDefinitionNode[] | undefined,
  ): readonly ArgumentNode[] {
    return given.map((one) => {
      const type = declared?.find(({ name }) => name.value === one.name.value)?.type;
      return type === undefined ? one : { ...one, value: this.typed(one.value, type) };
    });
  }

  #field(node: FieldNode, typename: string): FieldNode {
    const { arguments: given = [], selectionSet } = node;
    const definition = this.definitions.field(typename, node.name.value);
    return {
      ...node,
      arguments: this.#arguments(given, definition?.arguments),
      ...(selectionSet === undefined ? {} : { selectionSet: this.selections(selectionSet, definition?.type ?? '') }),
    };
  }

  selections(set: SelectionSetNode, typename: string): SelectionSetNode {
    const selections = set.selections.map((one) => {
      const directives = one.directives?.map((directive) => ({
        ...directive,
        arguments: this.#arguments(directive.arguments ?? [], this.definitions.directive(directive.name.value)),
      }));
      const node = directives === undefined ? one : { ...one, directives };
      if (node.kind === Kind.FRAGMENT_SPREAD) return node;
      if (node.kind === Kind.FIELD) return this.#field(node, typename);
      const condition = node.typeCondition?.name.value ?? typename;
      return { ...node, selectionSet: this.selections(node.selectionSet, condition) };
    });
    return { ...set, selections };
  }
}

/** Whether there is a literal at all that the planner might write differently. */
function mayChange(document: DocumentNode): boolean {
  let found = false;
  const look = (node: ValueNode) => {
    found ||= node.kind === Kind.ENUM || isChangedNumber(node);
  };
  visit(document, { IntValue: look, FloatValue: look, EnumValue: look });
  return found;
}

class Hiding {
  readonly values = new Map<string, ValueNode>();
  readonly defaults = new Map<string, ConstValueNode>();
  readonly #declared: VariableDefinitionNode[] = [];
  readonly #names = new Map<string, string>();
  readonly #definitions: InputDefinitions;
  readonly #nameFor: PrivateNames['privateField'];

  constructor(definitions: InputDefinitions, nameFor: PrivateNames['privateField']) {
    this.#definitions = definitions;
    this.#nameFor = nameFor;
  }

  document(document: DocumentNode): DocumentNode {
    const walk = new LiteralWalk(this.#definitions, (node, type) => this.#variable(node, type));
    const definitions = document.definitions.map((one) => {
      if (one.kind === Kind.FRAGMENT_DEFINITION)
        return { ...one, selectionSet: walk.selections(one.selectionSet, one.typeCondition.name.value) };
      if (one.kind !== Kind.OPERATION_DEFINITION) return one;
      return { ...one, selectionSet: walk.selections(one.selectionSet, this.#definitions.root(one.operation)) };
    });
    return {
      ...document,
      definitions: definitions.map((one) => (one.kind === Kind.OPERATION_DEFINITION ? this.#declaring(one) : one)),
    };
  }

  /** Equal ones have the same name: fields with equal arguments stay equal. */
  #variable(node: ValueNode, type: TypeNode): ValueNode {
    const key = `${print(node)} ${print(type)}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = this.#nameFor('literal', this.#names.size);
      this.#names.set(key, name);
      this.values.set(name, node);
      const variable = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } as const;
      this.#declared.push({ kind: Kind.VARIABLE_DEFINITION, variable, type });
    }
    return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } };
  }

  #declaring(operation: OperationDefinitionNode): OperationDefinitionNode {
    const own = (operation.variableDefinitions ?? []).map((one) => this.#withZeros(one));
    return { ...operation, variableDefinitions: [...own, ...this.#declared] };
  }

  /** That there is a default means something to the planner; what it is does not. */
  #withZeros(definition: VariableDefinitionNode): VariableDefinitionNode {
    const { defaultValue, type, variable } = definition;
    if (defaultValue === undefined) return definition;
    const zeros = new LiteralWalk(this.#definitions, () => ({ kind: Kind.INT, value: '0' }));
    const changed = zeros.typed(defaultValue, type) as ConstValueNode; // as: a zero is no variable
    if (print(changed) === print(defaultValue)) return definition;
    this.defaults.set(variable.name.value, defaultValue);
    return { ...definition, defaultValue: changed };
  }
}

/**
 * Makes a function that hides from the planner what it would write differently: it makes JavaScript values of literals. A
 * copy of a client's document has a variable for each of them.
 */
export function literalHider(supergraph: DocumentNode, { privateField }: PrivateNames) {
  const definitions = inputDefinitions(supergraph);
  return (document: DocumentNode): { readonly document: DocumentNode; readonly literals: PrivateLiterals } => {
    const hiding = new Hiding(definitions, privateField);
    return { document: mayChange(document) ? hiding.document(document) : document, literals: hiding };
  };
}

function literalOperation(operation: string, { values, defaults }: PrivateLiterals): string {
  const document = visit(parse(operation, { noLocation: true }), {
    VariableDefinition(node) {
      const name = node.variable.name.value;
      if (values.has(name)) return null;
      const defaultValue = defaults.get(name);
      return defaultValue === undefined ? false : { ...node, defaultValue };
    },
    Variable: ({ name }) => values.get(name.value),
  });
  return stripIgnoredCharacters(print(document));
}

/** Puts literals back, as they were written. */
export function withLiterals(plan: Plan, literals: PrivateLiterals): Plan {
  const { values, defaults } = literals;
  if (values.size === 0 && defaults.size === 0) return plan;
  return fetchesMapped(plan, (node): FetchNode => {
    const variableUsages = node.variableUsages.filter((name) => !values.has(name));
    return { ...node, operation: literalOperation(node.operation, literals), variableUsages };
  });
}
