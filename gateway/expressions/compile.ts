import { type Call, measure, type Node } from './ast';
import { compileComprehension } from './comprehensions';
import { numberIn } from './equality';
import type { Step } from './frame';
import type { Implementation } from './functions/declare';
import type { Functions } from './functions/registry';
import { pathOf, printPath } from './references';
import type { Resolved } from './resolve';
import { SyntaxProblem } from './source';
import { hasLowerCaseKeys, type Type } from './types';
import { admitAs, describeKind, EvaluationError, entryOf, isMap, MadeMap, Optional, Uint } from './values';

export interface CompileInput {
  readonly resolved: Resolved;
  /** Empty when nothing was checked. */
  readonly types: ReadonlyMap<Node, Type>;
  readonly functions: Functions;
}

/** Makes closures of an expression. Throws {@link SyntaxProblem} for a pattern that is wrong. */
export function compileNode(root: Node, input: CompileInput): Step {
  return new Compiler(input).compile(root);
}

/** The error with the place that it happened at, unless it has one. */
function located(error: EvaluationError, at: number): EvaluationError {
  error.offset ??= at;
  return error;
}

class Compiler {
  constructor(readonly input: CompileInput) {}

  compile(node: Node): Step {
    switch (node.kind) {
      case 'constant': {
        const { value } = node;
        return () => value;
      }
      case 'name':
        return this.#name(node);
      case 'select':
        return this.input.resolved.names.has(node) ? this.#name(node) : this.#select(node);
      case 'index':
        return this.#index(node);
      case 'call':
        return this.#call(node);
      case 'and':
        return this.#logic(node, false);
      case 'or':
        return this.#logic(node, true);
      case 'conditional':
        return this.#conditional(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'comprehension':
        return compileComprehension(node, this);
      case 'bind':
        return this.#bind(node);
      case 'optionalMap':
        return this.#optionalMap(node);
    }
  }

  unitsOf(node: Node): number {
    return measure(node).nodes;
  }

  slotsOf(node: Node): readonly number[] {
    return this.input.resolved.slots.get(node) ?? [];
  }

  typeOf(node: Node): Type | undefined {
    return this.input.types.get(node);
  }

  #name(node: Node): Step {
    const found = this.input.resolved.names.get(node);
    if (found?.kind === 'local') {
      const { slot } = found;
      return (frame) => frame.locals[slot];
    }
    if (found?.kind === 'type') {
      const { value } = found;
      return () => value;
    }
    return this.#variable(found?.name ?? '', node);
  }

  #variable(name: string, node: Node): Step {
    const type = this.typeOf(node);
    const missing = located(new EvaluationError(`there is no ${name}`, 'missing'), node.at);
    return (frame) => {
      const value = Object.hasOwn(frame.values, name) ? frame.values[name] : undefined;
      if (value === undefined) return missing;
      return typeof value === 'string' ? value : passed(admitAs(type, value), node.at);
    };
  }

  #select(node: Extract<Node, { kind: 'select' }>): Step {
    const operandType = this.typeOf(node.operand);
    const field = hasLowerCaseKeys(operandType) ? node.field.toLowerCase() : node.field;
    const type = this.#foundType(node);
    const operand = this.compile(node.operand);
    const missing = located(new EvaluationError(`there is no ${this.#nameOf(node) ?? field}`, 'missing'), node.at);
    const look = (value: unknown) => {
      if (!isMap(value)) return noFields(value, field, node.at);
      const found = entryOf(value, field);
      return found === undefined ? missing : passed(admitAs(type, found), node.at);
    };
    if (node.test) return presence(operand, look);
    return node.optional ? optionally(operand, look) : chained(operand, look);
  }

  #index(node: Extract<Node, { kind: 'index' }>): Step {
    const [operand, index] = [this.compile(node.operand), this.compile(node.index)];
    const lowerCase = hasLowerCaseKeys(this.typeOf(node.operand));
    const type = this.#foundType(node);
    const missing = this.#missingKey(node);
    const find = (value: unknown, key: unknown) => {
      const found = lookUp(value, lowerCase && typeof key === 'string' ? key.toLowerCase() : key);
      if (found === undefined) return missing ?? located(noKey(key), node.at);
      return found instanceof EvaluationError ? located(found, node.at) : passed(admitAs(type, found), node.at);
    };
    const reach = node.optional ? optionally : chained;
    if (node.index.kind === 'constant') {
      const { value } = node.index;
      return reach(operand, (whole) => find(whole, value));
    }
    return (frame) => {
      const key = index(frame);
      return key instanceof EvaluationError ? key : reach(operand, (whole) => find(whole, key))(frame);
    };
  }

  /** The type of what stands in the operand: without the optional that the result is in. */
  #foundType(node: Extract<Node, { kind: 'select' | 'index' }>): Type | undefined {
    const type = this.typeOf(node);
    const wrapped = node.optional || this.typeOf(node.operand)?.kind === 'optional';
    return wrapped && type?.kind === 'optional' ? type.of : type;
  }

  /** The path of a fact in the words of the expression; null when it is computed. */
  #nameOf(node: Node): string | null {
    const path = pathOf(node, this.input.resolved, this.input.types);
    return path === null ? null : printPath(path);
  }

  /** The error of a key that is written in the expression, made once: requests without a header are not rare. */
  #missingKey(node: Extract<Node, { kind: 'index' }>): EvaluationError | undefined {
    if (node.index.kind !== 'constant') return undefined;
    const name = this.#nameOf(node);
    const error = name === null ? noKey(node.index.value) : new EvaluationError(`there is no ${name}`, 'missing');
    return located(error, node.at);
  }

  #call(node: Call): Step {
    const { receiver, args, name } = node;
    const declared = this.input.functions.get(receiver === null ? name : `.${name}`);
    const nodes = receiver === null ? args : [receiver, ...args];
    const steps = nodes.map((argument) => this.compile(argument));
    if (declared === undefined) {
      const unknown = located(new EvaluationError(`there is no function ${name}`), node.at);
      return () => unknown;
    }
    const prepared = declared.prepare?.(nodes.map((one) => (one.kind === 'constant' ? one.value : undefined)));
    if (typeof prepared === 'string') throw new SyntaxProblem(nodes.at(-1)?.at ?? node.at, prepared);
    return applied(this.#inLowerCase(node, prepared ?? declared.call), steps, node);
  }

  /** `"X-Name" in request.headers` is asked in lower case. */
  #inLowerCase(node: Call, call: Implementation): Implementation {
    const whole = node.name === '@in' && node.args[1] !== undefined ? this.typeOf(node.args[1]) : undefined;
    if (!hasLowerCaseKeys(whole)) return call;
    return (frame, key, map) => call(frame, typeof key === 'string' ? key.toLowerCase() : key, map);
  }

  /** `&&` and `||`: the first term that decides does, even behind one that failed. */
  #logic(node: Extract<Node, { kind: 'and' | 'or' }>, decisive: boolean): Step {
    const steps = node.terms.map((term) => this.compile(term));
    const name = node.kind === 'and' ? '&&' : '||';
    return (frame) => {
      let failure: EvaluationError | undefined;
      for (const step of steps) {
        const value = step(frame);
        if (value === decisive) return decisive;
        if (value !== !decisive) failure ??= failed(value, name, node.at);
      }
      return failure ?? !decisive;
    };
  }

  #conditional(node: Extract<Node, { kind: 'conditional' }>): Step {
    const condition = this.compile(node.condition);
    const [consequent, alternate] = [this.compile(node.consequent), this.compile(node.alternate)];
    return (frame) => {
      const chosen = condition(frame);
      if (chosen === true) return consequent(frame);
      return chosen === false ? alternate(frame) : failed(chosen, '?:', node.at);
    };
  }

  #list(node: Extract<Node, { kind: 'list' }>): Step {
    const items = node.items.map(({ value, optional }) => ({ step: this.compile(value), optional }));
    return (frame) => {
      const list: unknown[] = [];
      for (const { step, optional } of items) {
        const value = optional ? unwrapped(step(frame), node.at) : step(frame);
        if (value instanceof EvaluationError) return value;
        if (value !== undefined) list.push(value);
      }
      return list;
    };
  }

  #map(node: Extract<Node, { kind: 'map' }>): Step {
    const entries = node.entries.map(({ key, value, optional }) => ({
      key: this.compile(key),
      step: this.compile(value),
      optional,
    }));
    return (frame) => {
      const map = new MadeMap();
      for (const { key, step, optional } of entries) {
        const failure = putEntry(map, key(frame), optional ? unwrapped(step(frame), node.at) : step(frame));
        if (failure !== undefined) return located(failure, node.at);
      }
      return map;
    };
  }

  #bind(node: Extract<Node, { kind: 'bind' }>): Step {
    const [value, body] = [this.compile(node.value), this.compile(node.body)];
    const [slot = 0] = this.slotsOf(node);
    return (frame) => {
      frame.locals[slot] = value(frame);
      return body(frame);
    };
  }

  #optionalMap(node: Extract<Node, { kind: 'optionalMap' }>): Step {
    const [operand, body] = [this.compile(node.operand), this.compile(node.body)];
    const [slot = 0] = this.slotsOf(node);
    return (frame) => {
      const optional = operand(frame);
      if (!(optional instanceof Optional)) return failed(optional, node.flat ? 'optFlatMap' : 'optMap', node.at);
      if (optional.value === undefined) return optional;
      frame.locals[slot] = optional.value;
      const value = body(frame);
      return node.flat || value instanceof EvaluationError ? value : new Optional(value);
    };
  }
}

function passed(value: unknown, at: number): unknown {
  return value instanceof EvaluationError ? located(value, at) : value;
}

/** The error that a value is, or one about its kind. */
function failed(value: unknown, what: string, at: number): EvaluationError {
  if (value instanceof EvaluationError) return value;
  return located(new EvaluationError(`${what} does not take ${describeKind(value)}`), at);
}

function noFields(value: unknown, field: string, at: number): EvaluationError {
  return located(new EvaluationError(`${describeKind(value)} has no fields, so no ${field}`), at);
}

type Look = (value: unknown) => unknown;

/** `a.b`: of an optional, what is there as an optional. */
function chained(operand: Step, look: Look): Step {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof EvaluationError) return value;
    return value instanceof Optional ? maybe(value, look) : look(value);
  };
}

/** `a.?b`. */
function optionally(operand: Step, look: Look): Step {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof EvaluationError) return value;
    return maybe(value instanceof Optional ? value : new Optional(value), look);
  };
}

function maybe(optional: Optional, look: Look): unknown {
  if (optional.value === undefined) return optional;
  const found = look(optional.value);
  if (!(found instanceof EvaluationError)) return new Optional(found);
  return found.reason === 'missing' ? Optional.none : found;
}

function presence(operand: Step, look: Look): Step {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof EvaluationError) return value;
    const found = value instanceof Optional ? maybe(value, look) : look(value);
    if (found instanceof Optional && value instanceof Optional) return found.value !== undefined;
    if (!(found instanceof EvaluationError)) return true;
    return found.reason === 'missing' ? false : found;
  };
}

function noKey(key: unknown): EvaluationError {
  const shown =
    typeof key === 'string' ? JSON.stringify(key.slice(0, 100)) : String(numberIn(key) ?? describeKind(key));
  return new EvaluationError(`there is no ${shown}`, 'missing');
}

/** What stands at a key or an index; undefined when nothing does. */
function lookUp(whole: unknown, key: unknown): unknown {
  if (Array.isArray(whole)) {
    const index = numberIn(key);
    if (index === undefined || (typeof index === 'number' && !Number.isInteger(index)))
      return new EvaluationError(`a list is indexed by int, this is ${describeKind(key)}`);
    return index >= 0 && index < whole.length ? (whole[Number(index)] ?? null) : undefined;
  }
  return isMap(whole) ? entryOf(whole, key) : new EvaluationError(`${describeKind(whole)} has no elements`);
}

/** What a `?` entry adds: undefined for nothing. */
function unwrapped(value: unknown, at: number): unknown {
  if (value instanceof EvaluationError) return value;
  return value instanceof Optional ? value.value : failed(value, '?', at);
}

function putEntry(map: MadeMap, key: unknown, value: unknown): EvaluationError | undefined {
  if (key instanceof EvaluationError) return key;
  if (value instanceof EvaluationError) return value;
  if (typeof key !== 'string' && typeof key !== 'boolean' && typeof key !== 'bigint' && !(key instanceof Uint))
    return new EvaluationError(`${describeKind(key)} cannot be a key`);
  if (map.has(key)) return new EvaluationError('a map has one key twice');
  if (value !== undefined) map.set(key, value);
  return undefined;
}

/** A call with its arguments, which are computed first; the first error is the result. */
function applied(call: Implementation, steps: readonly Step[], node: Call): Step {
  const finish = (value: unknown, args: readonly unknown[]) => {
    if (value === undefined) return located(noOverload(node, args), node.at);
    return value instanceof EvaluationError ? located(value, node.at) : value;
  };
  const [first, second] = steps;
  if (first !== undefined && steps.length === 1) return applied1(call, first, finish);
  if (first !== undefined && second !== undefined && steps.length === 2) return applied2(call, first, second, finish);
  return (frame) => {
    const args: unknown[] = [];
    for (const step of steps) {
      const value = step(frame);
      if (value instanceof EvaluationError) return value;
      args.push(value);
    }
    return finish(call(frame, ...args), args);
  };
}

type Finish = (value: unknown, args: readonly unknown[]) => unknown;

function applied1(call: Implementation, step: Step, finish: Finish): Step {
  return (frame) => {
    const a = step(frame);
    if (a instanceof EvaluationError) return a;
    const value = call(frame, a);
    return typeof value === 'boolean' ? value : finish(value, [a]);
  };
}

function applied2(call: Implementation, first: Step, second: Step, finish: Finish): Step {
  return (frame) => {
    const a = first(frame);
    if (a instanceof EvaluationError) return a;
    const b = second(frame);
    if (b instanceof EvaluationError) return b;
    const value = call(frame, a, b);
    return typeof value === 'boolean' ? value : finish(value, [a, b]);
  };
}

function noOverload({ name }: Call, args: readonly unknown[]): EvaluationError {
  return new EvaluationError(`${name.replace(/[_@]/g, '')} does not take (${args.map(describeKind).join(', ')})`);
}
