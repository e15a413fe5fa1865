import {
  holdsNothing,
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type Json,
  type JsonObject,
  ownProperty,
  sameJson,
} from '../json';
import {
  type Expression,
  type Item,
  outputName,
  type Path,
  type PathStart,
  type Selection,
  type Step,
  valuePath,
} from './ast';
import { MappingSyntaxError } from './cursor';
import type { Apply } from './methods/method';
import { METHODS } from './methods/methods';
import { readsData } from './references';
import { type Evaluate, type Scope, step, variable, withAt, withDollar, withLocal } from './scope';

/** Goes on with a value that is there. */
type Continue = (value: Json, scope: Scope) => Json | undefined;

export interface CompileOptions {
  /**
   * What a field of a selection becomes when the data lacks it: `omit` leaves it out (request bodies, query parameters);
   * `null` writes null, so that a field that was asked for and not sent is told from one that was never asked for.
   */
  readonly missing: 'omit' | 'null';
}

const OMIT: CompileOptions = { missing: 'omit' };

/**
 * Turns a parsed mapping into a function, once, at load.
 * @throws {MappingSyntaxError} unknown method, wrong number of arguments
 */
export function compileMapping(selection: Selection, options: CompileOptions): Evaluate {
  const evaluate = compileSelection(selection, options);
  if (valuePath(selection) !== null || readsData(selection) === null) return evaluate;
  // Fields named at the top apply to each element when the data is a list, as braces do.
  return (scope) => {
    const { dollar } = scope;
    if (dollar === undefined || dollar === null || isJsonObject(dollar)) return evaluate(scope);
    if (!isJsonArray(dollar)) return orItself(dollar, evaluate(scope));
    return dollar.map((element) => braced(evaluate, element, scope));
  };
}

function compileSelection(selection: Selection, options: CompileOptions): Evaluate {
  const path = valuePath(selection);
  if (path !== null) return compilePath(path, options);
  const items = selection.items.map((item) => compileItem(item, options));
  return (scope) => {
    const target: Record<string, Json> = {};
    for (const write of items) write(target, scope);
    return target;
  };
}

function compileItem(item: Item, options: CompileOptions): (target: Record<string, Json>, scope: Scope) => void {
  const evaluate =
    item.value.kind === 'selection' ? compileSelection(item.value, options) : compilePath(item.value, options);
  const name = outputName(item);
  return (target, scope) => {
    step(scope);
    const value = evaluate(scope);
    if (name === null) {
      // A path of several steps with braces gives its fields to the object it stands in.
      if (value !== undefined && isJsonObject(value)) copyFields(value, target);
    } else if (value !== undefined) target[name] = value;
    else if (options.missing === 'null') target[name] = null;
  };
}

/** Not Object.assign: data may carry a key named `__proto__`. */
function copyFields(from: JsonObject, to: Record<string, Json>): void {
  for (const key of Object.keys(from)) if (key !== '__proto__') to[key] = from[key] ?? null;
}

function compilePath(path: Path, options: CompileOptions): Evaluate {
  const tail = path.selection === null ? (value: Json) => value : compileGroup(path.selection, options);
  return compileStart(path.start, compileSteps(path.steps, tail));
}

/** What fields give of one value. */
function braced(evaluate: Evaluate, value: Json, scope: Scope): Json {
  if (value === null) return null;
  const made = evaluate(withDollar(scope, value));
  return isJsonScalar(value) ? (orItself(value, made) ?? null) : (made ?? null);
}

/** A value without fields of which nothing comes stays as it is: where it stands it does not fit, and that is told. */
function orItself(value: Json, made: Json | undefined): Json | undefined {
  return made !== undefined && holdsNothing(made) ? value : made;
}

/** Braces apply to each element of a list; null stays null. */
function compileGroup(selection: Selection, options: CompileOptions): Continue {
  const evaluate = compileSelection(selection, options);
  const apply: Continue = (value, scope) => {
    if (value === null) return null;
    if (isJsonArray(value)) return value.map((element) => apply(element, scope) ?? null);
    return braced(evaluate, value, scope);
  };
  return apply;
}

function compileStart(start: PathStart, next: Continue): Evaluate {
  switch (start.kind) {
    case 'dollar':
      return (scope) => (scope.dollar === undefined ? undefined : next(scope.dollar, scope));
    case 'at':
      return (scope) => (scope.at === undefined ? undefined : next(scope.at, scope));
    case 'variable':
      return (scope) => {
        const value = variable(scope, start.name);
        return value === undefined ? undefined : next(value, scope);
      };
    case 'key': {
      // `a.b` is short for `$.a.b`, also where a method bound `@` to something else.
      const first = keyStep(start.key, next);
      return (scope) => (scope.dollar === undefined ? undefined : first(scope.dollar, scope));
    }
    case 'expression': {
      const evaluate = compileExpression(start.expression);
      return (scope) => {
        const value = evaluate(scope);
        return value === undefined ? undefined : next(value, scope);
      };
    }
  }
}

function compileSteps(steps: readonly Step[], tail: Continue): Continue {
  return steps.reduceRight<Continue>((next, one) => {
    if (one.kind === 'key') return keyStep(one.key, next);
    if (one.kind === 'optional') return (value, scope) => (value === null ? undefined : next(value, scope));
    return methodStep(one, next);
  }, tail);
}

function keyStep(key: string, next: Continue): Continue {
  return (value, scope) => {
    step(scope);
    const found = property(value, key);
    return found === undefined ? undefined : next(found, scope);
  };
}

/** Through lists, element by element; an element without the property becomes null, so that places do not shift. */
function property(value: Json, key: string): Json | undefined {
  if (isJsonArray(value)) return value.map((element) => property(element, key) ?? null);
  return isJsonObject(value) ? ownProperty(value, key) : undefined;
}

type MethodStep = Extract<Step, { kind: 'method' }>;

function methodStep(call: MethodStep, next: Continue): Continue {
  if (call.name === 'as') return bindingStep(call, next);
  const apply = call.name === 'match' ? compileMatch(call) : compileMethod(call);
  return (value, scope) => {
    step(scope);
    const result = apply(value, scope);
    return result === undefined ? undefined : next(result, scope);
  };
}

function compileMethod(call: MethodStep): Apply {
  const method = METHODS.get(call.name);
  if (method === undefined) throw new MappingSyntaxError(`unknown method \`->${call.name}\``, call.offset);
  const { min, max } = method.arguments;
  if (call.args.length < min || call.args.length > max) {
    const wanted = min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
    throw new MappingSyntaxError(`\`->${call.name}\` takes ${wanted} arguments, not ${call.args.length}`, call.offset);
  }
  return method.bind(call.args.map(counted));
}

/** Arguments run once for each element of a list, so each run counts. */
function counted(argument: Expression): Evaluate {
  const evaluate = compileExpression(argument);
  return (scope) => {
    step(scope);
    return evaluate(scope);
  };
}

/** `->as($name)` and `->as($name, expression)`: the value goes on unchanged, the name holds for the rest of the path. */
function bindingStep(call: MethodStep, next: Continue): Continue {
  const [target, expression, ...more] = call.args;
  if (target?.kind !== 'path' || target.start.kind !== 'variable' || target.steps.length > 0 || more.length > 0) {
    throw new MappingSyntaxError('`->as` takes a variable and optionally an expression: `->as($name)`', call.offset);
  }
  const { name } = target.start;
  const evaluate = expression === undefined ? null : counted(expression);
  return (value, scope) => {
    const bound = evaluate === null ? value : evaluate(withAt(scope, value));
    return bound === undefined ? undefined : next(value, withLocal(scope, name, bound));
  };
}

/** `->match([candidate, value], …)`: the first pair whose candidate equals the input; `@` as candidate always does. */
function compileMatch(call: MethodStep): Apply {
  const pairs = call.args.map((pair): readonly [Evaluate, Evaluate] => {
    const [candidate, value] = pair.kind === 'array' ? pair.items : [];
    if (candidate === undefined || value === undefined || pair.kind !== 'array' || pair.items.length !== 2) {
      throw new MappingSyntaxError('`->match` takes pairs: `->match([candidate, value], [@, otherwise])`', call.offset);
    }
    return [counted(candidate), counted(value)];
  });
  if (pairs.length === 0) throw new MappingSyntaxError('`->match` takes at least one pair', call.offset);
  return (input, scope) => {
    const inner = withAt(scope, input);
    for (const [candidate, value] of pairs) {
      const wanted = candidate(inner);
      if (wanted !== undefined && sameJson(wanted, input)) return value(inner);
    }
    return undefined;
  };
}

function compileExpression(expression: Expression): Evaluate {
  switch (expression.kind) {
    case 'path':
      return compilePath(expression, OMIT);
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'array': {
      const items = expression.items.map(counted);
      return (scope) => items.map((item) => item(scope) ?? null);
    }
    case 'object':
      return compileObject(expression.properties.map(({ key, value }) => [key, counted(value)]));
    case 'fallback':
      return compileFallback(expression.operator, expression.operands.map(compileExpression));
  }
}

function compileObject(properties: readonly (readonly [string, Evaluate])[]): Evaluate {
  return (scope) => {
    const target: Record<string, Json> = {};
    for (const [key, evaluate] of properties) {
      const value = evaluate(scope);
      if (value !== undefined) target[key] = value;
    }
    return target;
  };
}

/** `a ?? b ?? c`: the first that is neither absent nor null; with `?!` the first that is not absent; else the last. */
function compileFallback(operator: '??' | '?!', operands: readonly Evaluate[]): Evaluate {
  return (scope) => {
    let value: Json | undefined;
    for (const operand of operands) {
      value = operand(scope);
      if (value !== undefined && (value !== null || operator === '?!')) return value;
    }
    return value;
  };
}
