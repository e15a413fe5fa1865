import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { nameOf, type Rules } from './rules';

/** The key under which {@link Evaluator} finds the type of each object of the whole answer. */
export const TYPE_KEY = 'typeOfThis';

/** A selection set, the type that it is written for, and whether all of it is refused. */
interface Part {
  readonly set: SelectionSetNode;
  readonly type: string;
  readonly isRefused: boolean;
}

interface Asked {
  readonly node: FieldNode;
  readonly type: string;
  readonly isRefused: boolean;
}

/** A null that must not be. */
const SPREADS = Symbol('null where it must not be');

/** Answers an operation from the answer to all of it, field by field, as the rules say. */
export class Evaluator {
  /** Paths of what was refused. */
  readonly refused: string[] = [];
  readonly #rules: Rules;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #operation: OperationDefinitionNode;
  readonly #variables: Readonly<Record<string, unknown>>;

  constructor(document: DocumentNode, rules: Rules, variables: Readonly<Record<string, unknown>>) {
    this.#rules = rules;
    this.#variables = variables;
    const operations: OperationDefinitionNode[] = [];
    for (const one of document.definitions) {
      if (one.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(one.name.value, one);
      if (one.kind === Kind.OPERATION_DEFINITION) operations.push(one);
    }
    const [operation] = operations;
    if (operation === undefined) throw new Error('no operation');
    this.#operation = operation;
  }

  /** @param whole the answer to all of the operation, with {@link TYPE_KEY} in each object */
  answer(whole: unknown): unknown {
    const set = this.#operation.selectionSet;
    const isNothingLeft = set.selections.every((one) => this.#isGone(one, 'Query'));
    const data = this.#object([{ set, type: 'Query', isRefused: false }], whole, []);
    if (data === SPREADS || (isNothingLeft && this.refused.length > 0)) return null;
    return data;
  }

  #fragmentOf(one: FragmentSpreadNode | InlineFragmentNode): FragmentDefinitionNode | InlineFragmentNode | undefined {
    return one.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(one.name.value) : one;
  }

  /** Whether a selection set may be made on a type. */
  #mayEnter(set: SelectionSetNode, type: string): boolean {
    if (this.#rules.isInterface(type) && !this.#asksDirectly(set)) return true;
    return this.#rules.isTypeOpen(type);
  }

  #asksDirectly({ selections }: SelectionSetNode): boolean {
    return selections.some((one) => {
      if (hasCondition(one)) return false;
      if (one.kind === Kind.FIELD) return one.name.value !== '__typename';
      const isPlain = one.kind === Kind.INLINE_FRAGMENT && one.typeCondition === undefined;
      return isPlain && this.#asksDirectly(one.selectionSet);
    });
  }

  #isFieldRefused(node: FieldNode, type: string): boolean {
    const name = node.name.value;
    if (name === '__typename') return false;
    if (!this.#rules.isFieldOpen(type, name) || (this.#rules.isInterface(type) && !this.#rules.isTypeOpen(type)))
      return true;
    const returned = nameOf(this.#rules.fieldType(type, name));
    const set = node.selectionSet;
    if (set === undefined) return false;
    if (!this.#mayEnter(set, returned)) return true;
    const gone = set.selections.filter((one) => this.#isGone(one, returned));
    return gone.length === set.selections.length && !gone.some((one) => this.#dependsOnConditions(one, returned));
  }

  /** Whether nothing of a selection is left. */
  #isGone(one: SelectionNode, type: string): boolean {
    if (one.kind === Kind.FIELD) return this.#isFieldRefused(one, type);
    const fragment = this.#fragmentOf(one);
    if (fragment === undefined) return false;
    const inner = fragment.typeCondition?.name.value ?? type;
    if (fragment.typeCondition !== undefined && !this.#mayEnter(fragment.selectionSet, inner)) return true;
    return fragment.selectionSet.selections.every((below) => this.#isGone(below, inner));
  }

  /** Of a selection of which nothing is left. */
  #dependsOnConditions(one: SelectionNode, type: string): boolean {
    if (hasCondition(one)) return true;
    if (one.kind === Kind.FIELD) return false;
    const fragment = this.#fragmentOf(one);
    if (fragment === undefined) return false;
    const inner = fragment.typeCondition?.name.value ?? type;
    if (fragment.typeCondition !== undefined && !this.#mayEnter(fragment.selectionSet, inner)) return false;
    return fragment.selectionSet.selections.some((below) => this.#dependsOnConditions(below, inner));
  }

  #isAskedFor({ directives = [] }: SelectionNode): boolean {
    return directives.every(({ name, arguments: given = [] }) => {
      if (name.value !== 'skip' && name.value !== 'include') return true;
      const value = given[0]?.value;
      const isTrue =
        value?.kind === Kind.VARIABLE ? this.#valueOf(value.name.value) : value?.kind === Kind.BOOLEAN && value.value;
      return isTrue === (name.value === 'include');
    });
  }

  #valueOf(name: string): boolean {
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name] === true;
    const { variableDefinitions = [] } = this.#operation;
    const value = variableDefinitions.find(({ variable }) => variable.name.value === name)?.defaultValue;
    return value?.kind === Kind.BOOLEAN && value.value;
  }

  #collect(parts: readonly Part[], typename: string): Map<string, Asked[]> {
    const found = new Map<string, Asked[]>();
    const seen = new Set<string>();
    const visit = ({ set, type, isRefused }: Part): void => {
      for (const one of set.selections) {
        if (!this.#isAskedFor(one)) continue;
        if (one.kind === Kind.FIELD) {
          const key = (one.alias ?? one.name).value;
          const asked = { node: one, type, isRefused: isRefused || this.#isFieldRefused(one, type) };
          found.set(key, [...(found.get(key) ?? []), asked]);
          continue;
        }
        const fragment = this.#fragmentOf(one);
        if (fragment === undefined) continue;
        const inner = fragment.typeCondition?.name.value ?? type;
        const isBarred = fragment.typeCondition !== undefined && !this.#mayEnter(fragment.selectionSet, inner);
        const part = { set: fragment.selectionSet, type: inner, isRefused: isRefused || isBarred };
        if (one.kind === Kind.FRAGMENT_SPREAD) {
          const key = `${one.name.value} ${part.isRefused}`;
          if (seen.has(key)) continue;
          seen.add(key);
        }
        if (fragment.typeCondition === undefined || this.#rules.fits(typename, inner)) visit(part);
      }
    };
    parts.forEach(visit);
    return found;
  }

  #object(parts: readonly Part[], source: unknown, path: readonly (string | number)[]): unknown {
    if (typeof source !== 'object' || source === null) throw new Error(`no object at ${path.join('.')}`);
    const values = new Map(Object.entries(source));
    const typename = String(values.get(TYPE_KEY));
    const result: Record<string, unknown> = {};
    for (const [key, asked] of this.#collect(parts, typename)) {
      const [first] = asked;
      const name = first?.node.name.value ?? '';
      const type = name === '__typename' ? undefined : this.#rules.fieldType(typename, name);
      const mustBe = name === '__typename' || type?.kind === Kind.NON_NULL_TYPE;
      const here = [...path, key];
      if (asked.every(({ isRefused }) => isRefused)) {
        this.refused.push(here.join('.'));
        if (mustBe) return SPREADS;
        result[key] = null;
        continue;
      }
      const below = asked.flatMap(({ node, type: on, isRefused }): Part[] => {
        const returned = nameOf(this.#rules.fieldType(on, node.name.value));
        return node.selectionSet === undefined ? [] : [{ set: node.selectionSet, type: returned, isRefused }];
      });
      const value = this.#value(type, below, values.get(key), here);
      if (value === SPREADS) return SPREADS;
      result[key] = value ?? null;
    }
    return result;
  }

  #value(
    type: TypeNode | undefined,
    parts: readonly Part[],
    value: unknown,
    path: readonly (string | number)[],
  ): unknown {
    if (type?.kind === Kind.NON_NULL_TYPE) {
      const inner = this.#value(type.type, parts, value, path);
      return inner === null ? SPREADS : inner;
    }
    if (value === null || value === undefined || parts.length === 0) return value ?? null;
    if (type?.kind === Kind.LIST_TYPE) {
      if (!Array.isArray(value)) throw new Error(`no list at ${path.join('.')}`);
      const elements: unknown[] = [];
      for (const [at, one] of value.entries()) {
        const element = this.#value(type.type, parts, one, [...path, at]);
        if (element === SPREADS) return null;
        elements.push(element);
      }
      return elements;
    }
    const object = this.#object(parts, value, path);
    return object === SPREADS ? null : object;
  }
}

function hasCondition({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name }) => name.value === 'skip' || name.value === 'include');
}
