import { nearestName } from '../nearest-name';
import type { Call, Comprehension, ListLiteral, MapLiteral, Node } from './ast';
import type { Overload } from './functions/declare';
import { callableNames, type Functions } from './functions/registry';
import type { Resolved } from './resolve';
import type { Problem } from './source';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DYN,
  INT,
  listOf,
  type MapType,
  mapOf,
  NULL,
  type ObjectType,
  optionalOf,
  printType,
  STRING,
  TYPE,
  type Type,
  UINT,
} from './types';
import { Unifier } from './unify';
import { Uint } from './values';

export interface Checked {
  readonly type: Type;
  /** Of every node, when there are no problems. */
  readonly types: ReadonlyMap<Node, Type>;
  readonly problems: readonly Problem[];
}

/** What an expression is written with. */
export interface Declarations {
  readonly variables: Readonly<Record<string, Type>>;
  readonly functions: Functions;
}

/** Problems that are told at once. */
const PROBLEMS_MAX = 10;
const KEY_KINDS: ReadonlySet<Type['kind']> = new Set(['bool', 'int', 'uint', 'string', 'dyn', 'parameter']);

/** Finds the type of an expression and everything that is wrong with it. */
export function checkExpression(root: Node, resolved: Resolved, declarations: Declarations): Checked {
  const checker = new Checker(resolved, declarations);
  const type = checker.finalType(checker.check(root));
  const types = new Map(Array.from(checker.types, ([node, found]) => [node, checker.finalType(found)]));
  return { type, types, problems: checker.problems.slice(0, PROBLEMS_MAX) };
}

class Checker {
  readonly types = new Map<Node, Type>();
  readonly problems: Problem[] = [];
  readonly #unifier = new Unifier();
  readonly #locals: Type[] = [];

  constructor(
    readonly resolved: Resolved,
    readonly declarations: Declarations,
  ) {}

  finalType(type: Type): Type {
    return this.#unifier.resolve(type, true);
  }

  check(node: Node): Type {
    const type = this.#typeOf(node);
    this.types.set(node, type);
    return type;
  }

  #problem(node: Node, message: string): Type {
    this.problems.push({ offset: node.at, message });
    return DYN;
  }

  #typeOf(node: Node): Type {
    switch (node.kind) {
      case 'constant':
        return typeOfConstant(node.value);
      case 'name':
        return this.#named(node);
      case 'select':
        return this.resolved.names.has(node) ? this.#named(node) : this.#select(node);
      case 'index':
        return this.#index(node);
      case 'call':
        return this.#call(node);
      case 'and':
      case 'or':
        for (const term of node.terms) this.#expect(term, BOOL, `${node.kind === 'and' ? '&&' : '||'} joins`);
        return BOOL;
      case 'conditional':
        return this.#conditional(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'comprehension':
        return this.#comprehension(node);
      case 'bind':
        return this.#within(node, [this.check(node.value)], () => this.check(node.body));
      case 'optionalMap':
        return this.#optionalMap(node);
    }
  }

  #expect(node: Node, expected: Type, what: string): void {
    const type = this.check(node);
    if (this.#unifier.assignable([type], [expected])) return;
    this.#problem(node, `${what} ${printType(expected)}, this is ${printType(this.finalType(type))}`);
  }

  #named(node: Node): Type {
    const found = this.resolved.names.get(node);
    if (found?.kind === 'local') return this.#locals[found.slot] ?? DYN;
    if (found?.kind === 'variable') return this.declarations.variables[found.name] ?? DYN;
    return found?.kind === 'unknown' ? this.#undeclared(node, found.name) : TYPE;
  }

  #undeclared(node: Node, name: string): Type {
    const declared = Object.keys(this.declarations.variables);
    const list = declared.length === 0 ? 'there are no variables' : `declared: ${declared.join(', ')}`;
    const near = nearestName(name, declared);
    return this.#problem(node, `${name} is not declared; ${near === undefined ? '' : `did you mean ${near}? `}${list}`);
  }

  #select(node: Extract<Node, { kind: 'select' }>): Type {
    const operand = this.#unifier.resolve(this.check(node.operand));
    const chained = operand.kind === 'optional';
    const field = this.#field(node, chained ? this.#unifier.resolve(operand.of) : operand, node.field);
    if (node.test) return BOOL;
    return chained || node.optional ? optionalOf(field) : field;
  }

  #field(node: Node, operand: Type, field: string): Type {
    if (operand.kind === 'object') return this.#fieldOfObject(node, operand, field);
    if (operand.kind === 'map') return this.#valueOfMap(node, operand, STRING);
    if (operand.kind === 'dyn' || operand.kind === 'parameter') return DYN;
    return this.#problem(node, `${printType(operand)} has no fields, so no ${field}`);
  }

  #fieldOfObject(node: Node, { name, fields }: ObjectType, field: string): Type {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (type !== undefined) return type;
    const known = Object.keys(fields);
    const near = nearestName(field, known);
    const hint = near === undefined ? '' : `did you mean ${near}? `;
    return this.#problem(node, `${name} has no field ${field}; ${hint}it has: ${known.join(', ')}`);
  }

  #valueOfMap(node: Node, map: MapType, key: Type): Type {
    if (this.#unifier.assignable([key], [map.key])) return map.value;
    return this.#problem(node, `keys of ${printType(this.finalType(map))} are not ${printType(this.finalType(key))}`);
  }

  #index(node: Extract<Node, { kind: 'index' }>): Type {
    const operand = this.#unifier.resolve(this.check(node.operand));
    const index = this.check(node.index);
    const chained = operand.kind === 'optional';
    const element = this.#element(node, chained ? this.#unifier.resolve(operand.of) : operand, index);
    return chained || node.optional ? optionalOf(element) : element;
  }

  #element(node: Extract<Node, { kind: 'index' }>, operand: Type, index: Type): Type {
    const { index: key } = node;
    if (operand.kind === 'dyn' || operand.kind === 'parameter') return DYN;
    if (operand.kind === 'map') return this.#valueOfMap(key, operand, this.#numericKey(operand, index));
    if (operand.kind === 'object' && key.kind === 'constant' && typeof key.value === 'string')
      return this.#fieldOfObject(key, operand, key.value);
    if (operand.kind === 'object')
      return this.#problem(key, `fields of ${operand.name} are named, e.g. ${Object.keys(operand.fields)[0]}`);
    if (operand.kind !== 'list') return this.#problem(node, `${printType(operand)} has no elements`);
    if (this.#unifier.assignable([index], [INT])) return operand.element;
    return this.#problem(key, `a list is indexed by int, this is ${printType(this.finalType(index))}`);
  }

  /** Numbers of all kinds find a key that is a number. */
  #numericKey(map: MapType, index: Type): Type {
    const key = this.#unifier.resolve(map.key);
    return isNumber(key) && isNumber(this.#unifier.resolve(index)) ? key : index;
  }

  #conditional(node: Extract<Node, { kind: 'conditional' }>): Type {
    this.#expect(node.condition, BOOL, '?: chooses by');
    const [consequent, alternate] = [this.check(node.consequent), this.check(node.alternate)];
    const joined = this.#unifier.join(consequent, alternate);
    if (joined !== null) return joined;
    const [a, b] = [printType(this.finalType(consequent)), printType(this.finalType(alternate))];
    return this.#problem(node, `?: gives one type, here it is ${a} or ${b}; dyn() takes both`);
  }

  #list({ items }: ListLiteral): Type {
    return listOf(this.#joinAll(items.map(({ value, optional }) => this.#item(value, optional))));
  }

  #item(node: Node, optional: boolean): Type {
    const type = this.#unifier.resolve(this.check(node));
    if (!optional) return type;
    if (type.kind === 'optional') return type.of;
    return type.kind === 'dyn'
      ? DYN
      : this.#problem(node, `? is for optionals, this is ${printType(this.finalType(type))}`);
  }

  #joinAll(types: readonly Type[]): Type {
    let joined: Type | undefined;
    for (const type of types) joined = joined === undefined ? type : (this.#unifier.join(joined, type) ?? DYN);
    return joined ?? this.#unifier.fresh();
  }

  #map({ entries }: MapLiteral): Type {
    const keys = entries.map(({ key }) => this.#key(key));
    const values = entries.map(({ value, optional }) => this.#item(value, optional));
    return mapOf(this.#joinAll(keys), this.#joinAll(values));
  }

  #key(node: Node): Type {
    const type = this.#unifier.resolve(this.check(node));
    if (KEY_KINDS.has(type.kind)) return type;
    return this.#problem(node, `${printType(this.finalType(type))} cannot be a key`);
  }

  #within(node: Node, types: readonly Type[], visit: () => Type): Type {
    const slots = this.resolved.slots.get(node) ?? [];
    for (const [index, slot] of slots.entries()) this.#locals[slot] = types[index] ?? DYN;
    return visit();
  }

  #comprehension(node: Comprehension): Type {
    const range = this.#unifier.resolve(this.check(node.range));
    return this.#within(node, this.#variables(node, range), () => this.#result(node, range));
  }

  #variables(node: Comprehension, range: Type): readonly Type[] {
    const two = node.names.length === 2;
    switch (range.kind) {
      case 'list':
        return two ? [INT, range.element] : [range.element];
      case 'map':
        return [range.key, range.value];
      case 'object':
        return [STRING, DYN];
      case 'dyn':
      case 'parameter':
        return [DYN, DYN];
      default:
        this.#problem(node, `${node.macro}() is for lists and maps, this is ${printType(range)}`);
        return [DYN, DYN];
    }
  }

  #result(node: Comprehension, range: Type): Type {
    const { macro, filter, body } = node;
    if (filter !== null) this.#expect(filter, BOOL, `${macro}() chooses by`);
    if (macro === 'map' || macro === 'transformList') return listOf(this.check(body));
    if (macro === 'transformMap') return mapOf(this.#variables(node, range)[0] ?? DYN, this.check(body));
    this.#expect(body, BOOL, `${macro}() tests by`);
    return macro === 'filter' ? listOf(this.#variables(node, range)[0] ?? DYN) : BOOL;
  }

  #optionalMap(node: Extract<Node, { kind: 'optionalMap' }>): Type {
    const operand = this.#unifier.resolve(this.check(node.operand));
    if (operand.kind !== 'optional' && operand.kind !== 'dyn')
      this.#problem(node, `optMap() is for optionals, this is ${printType(this.finalType(operand))}`);
    const inner = operand.kind === 'optional' ? operand.of : DYN;
    const body = this.#within(node, [inner], () => this.check(node.body));
    return node.flat ? body : optionalOf(body);
  }

  #call(node: Call): Type {
    const given = node.receiver === null ? node.args : [node.receiver, ...node.args];
    const types = given.map((argument) => this.check(argument));
    const declared = this.declarations.functions.get(node.receiver === null ? node.name : `.${node.name}`);
    if (declared === undefined) return this.#noFunction(node);
    return this.#resultOf(types, declared.overloads) ?? this.#noOverload(node, types, declared.overloads);
  }

  /** The result of the overloads that take such arguments: anything when there are several with different ones. */
  #resultOf(given: readonly Type[], overloads: readonly Overload[]): Type | null {
    let result: Type | null = null;
    for (const overload of overloads) {
      const [own = DYN, ...params] = this.#unifier.instantiate([overload.result, ...overload.params]);
      if (!this.#unifier.assignable(given, params)) continue;
      const found = this.#unifier.resolve(own);
      result = result === null || printType(result) === printType(found) ? found : DYN;
    }
    return result;
  }

  #noFunction(node: Call): Type {
    const names = callableNames(this.declarations.functions, node.receiver !== null);
    const other = callableNames(this.declarations.functions, node.receiver === null);
    if (other.includes(node.name)) {
      const form = node.receiver === null ? `x.${node.name}()` : `${node.name}(x)`;
      return this.#problem(node, `${node.name} is called as ${form}`);
    }
    const near = node.name.length < 4 ? undefined : nearestName(node.name, names);
    return this.#problem(
      node,
      `there is no function ${node.name}${near === undefined ? '' : `; did you mean ${near}?`}`,
    );
  }

  #noOverload(node: Call, given: readonly Type[], overloads: readonly Overload[]): Type {
    const types = given.map((type) => this.finalType(type));
    const near = overloads.filter(({ params }) => params.some((param, index) => param.kind === types[index]?.kind));
    const taken = (near.length === 0 ? overloads : near).map(({ params }) => `(${params.map(printType).join(', ')})`);
    const shown = taken.length > SHOWN_MAX ? [...taken.slice(0, SHOWN_MAX), '…'] : taken;
    const name = node.name.replace(/[_@]/g, '');
    return this.#problem(
      node,
      `${name} does not take (${types.map(printType).join(', ')}); it takes ${shown.join(' or ')}`,
    );
  }
}

const SHOWN_MAX = 6;

function isNumber({ kind }: Type): boolean {
  return kind === 'int' || kind === 'uint' || kind === 'double';
}

function typeOfConstant(value: Extract<Node, { kind: 'constant' }>['value']): Type {
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
    default:
      return value === null ? NULL : value instanceof Uint ? UINT : BYTES;
  }
}
