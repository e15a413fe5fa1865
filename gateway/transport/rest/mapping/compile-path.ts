import { nearestName } from '../../../nearest-name';
import { holdsNothing, isJsonArray, isJsonObject, isJsonScalar, type Json, ownProperty } from '../json';
import type { Expression, Path, PathStart, Selection, Step } from './ast';
import { MappingSyntaxError } from './cursor';
import type { Apply } from './methods/method';
import { METHOD_NAMES, METHODS } from './methods/methods';
import { type Evaluate, isSame, type Scope, step, variable, withAt, withDollar, withLocal } from './scope';
import type { Watch } from './watch';

/** Goes on with a value that is there. */
type Continue = (value: Json, scope: Scope) => Json | undefined;

/** Where an expression stands. */
export interface Place {
  /** What a field becomes when the data lacks it. */
  readonly missing: 'omit' | 'null';
  /** The value goes on into methods, so that what it builds is weighed. */
  readonly goesOn: boolean;
  /** Names of the output that lead here: `user.address`; empty at the top. */
  readonly field: string;
}

type MethodStep = Extract<Step, { kind: 'method' }>;

/** Methods whose result is what one of their arguments gives. */
const GIVES_ARGUMENT: ReadonlySet<string> = new Set(['match', 'map', 'echo']);

/** Turns paths into functions: a step at a time, each going on to the next. */
export abstract class PathCompiler {
  readonly #watch: Watch | null;

  constructor(watch: Watch | null) {
    this.#watch = watch;
  }

  protected abstract expression(expression: Expression, place: Place): Evaluate;
  protected abstract selection(selection: Selection, place: Place): Evaluate;

  protected path({ start, steps, selection }: Path, place: Place): Evaluate {
    const tail = selection === null ? (value: Json) => value : this.#group(selection, place);
    const isLast = selection === null;
    const next = this.#steps(steps, tail, isLast ? place : onItsWay(place));
    return this.#start(start, next, isLast && steps.length === 0 ? place : onItsWay(place));
  }

  /** An argument runs once for each element of a list, so each run counts. */
  protected counted(argument: Expression, place: Place): Evaluate {
    const evaluate = this.expression(argument, place);
    return (scope) => {
      step(scope);
      return evaluate(scope);
    };
  }

  /** Braces apply to each element of a list; null stays null. */
  #group(selection: Selection, place: Place): Continue {
    const evaluate = this.selection(selection, place);
    const apply: Continue = (value, scope) => {
      step(scope);
      if (value === null) return null;
      if (isJsonArray(value)) return value.map((element) => apply(element, scope) ?? null);
      return braced(evaluate, value, scope);
    };
    return this.#seen(apply, '{ … }', selection.offset - 1, place);
  }

  #start(start: PathStart, next: Continue, place: Place): Evaluate {
    switch (start.kind) {
      case 'dollar':
        return (scope) => (scope.dollar === undefined ? undefined : next(scope.dollar, scope));
      case 'at':
        return (scope) => (scope.at === undefined ? undefined : next(scope.at, scope));
      case 'variable': {
        const read: Evaluate = (scope) => variable(scope, start.name);
        return goingOn(this.#seenStart(read, start.name, start.offset, place), next);
      }
      case 'key': {
        // `a.b` is short for `$.a.b`, also where a method bound `@` to something else.
        const first = this.#keyStep(start.key, start.offset, next, place);
        return (scope) => (scope.dollar === undefined ? undefined : first(scope.dollar, scope));
      }
      case 'expression':
        return goingOn(this.expression(start.expression, place), next);
    }
  }

  #steps(steps: readonly Step[], tail: Continue, place: Place): Continue {
    return steps.reduceRight<Continue>((next, one, index) => {
      const here = index === steps.length - 1 ? place : onItsWay(place);
      if (one.kind === 'key') return this.#keyStep(one.key, one.offset, next, here);
      if (one.kind === 'optional') return (value, scope) => (value === null ? undefined : next(value, scope));
      return this.#methodStep(one, next, here);
    }, tail);
  }

  #keyStep(key: string, offset: number, next: Continue, place: Place): Continue {
    const read = this.#seen((value, scope) => property(value, key, scope), `.${key}`, offset, place);
    return (value, scope) => {
      step(scope);
      const found = read(value, scope);
      return found === undefined ? undefined : next(found, scope);
    };
  }

  #methodStep(call: MethodStep, next: Continue, place: Place): Continue {
    if (call.name === 'as') return this.#bindingStep(call, next, onItsWay(place));
    const inner = GIVES_ARGUMENT.has(call.name) ? place : onItsWay(place);
    const bound = call.name === 'match' ? this.#match(call, inner) : this.#method(call, inner);
    const apply = this.#seen(bound, `->${call.name}`, call.offset, place);
    return (value, scope) => {
      step(scope);
      const result = apply(value, scope);
      return result === undefined ? undefined : next(result, scope);
    };
  }

  #method(call: MethodStep, place: Place): Apply {
    const method = METHODS.get(call.name);
    if (method === undefined) throw new MappingSyntaxError(unknownMethod(call.name), call.offset);
    const { min, max } = method.arguments;
    if (call.args.length < min || call.args.length > max) {
      const wanted = min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
      const message = `\`->${call.name}\` takes ${wanted} arguments, not ${call.args.length}`;
      throw new MappingSyntaxError(message, call.offset);
    }
    return method.bind(call.args.map((argument) => this.counted(argument, place)));
  }

  /** `->as($name)` and `->as($name, expression)`: the value goes on unchanged, the name holds for the rest of the path. */
  #bindingStep(call: MethodStep, next: Continue, place: Place): Continue {
    const [target, expression, ...more] = call.args;
    if (target?.kind !== 'path' || target.start.kind !== 'variable' || target.steps.length > 0 || more.length > 0) {
      throw new MappingSyntaxError('`->as` takes a variable and optionally an expression: `->as($name)`', call.offset);
    }
    const { name } = target.start;
    const evaluate = expression === undefined ? null : this.counted(expression, place);
    return (value, scope) => {
      const bound = evaluate === null ? value : evaluate(withAt(scope, value));
      return bound === undefined ? undefined : next(value, withLocal(scope, name, bound));
    };
  }

  /** `->match([candidate, value], …)`: the first pair whose candidate equals the input; `@` as candidate always does. */
  #match(call: MethodStep, place: Place): Apply {
    const pairs = call.args.map((pair): readonly [Evaluate, Evaluate] => {
      const [candidate, value] = pair.kind === 'array' ? pair.items : [];
      if (candidate === undefined || value === undefined || pair.kind !== 'array' || pair.items.length !== 2) {
        const message = '`->match` takes pairs: `->match([candidate, value], [@, otherwise])`';
        throw new MappingSyntaxError(message, call.offset);
      }
      return [this.counted(candidate, onItsWay(place)), this.counted(value, place)];
    });
    if (pairs.length === 0) throw new MappingSyntaxError('`->match` takes at least one pair', call.offset);
    return (input, scope) => {
      const inner = withAt(scope, input);
      for (const [candidate, value] of pairs) {
        const wanted = candidate(inner);
        if (wanted !== undefined && isSame(wanted, input, scope)) return value(inner);
      }
      return undefined;
    };
  }

  #seen(apply: Continue, text: string, offset: number, { field }: Place): Continue {
    const watch = this.#watch;
    if (watch === null) return apply;
    return (value, scope) => {
      const result = apply(value, scope);
      watch({ text, offset, field, input: value, output: result });
      return result;
    };
  }

  #seenStart(read: Evaluate, text: string, offset: number, { field }: Place): Evaluate {
    const watch = this.#watch;
    if (watch === null) return read;
    return (scope) => {
      const result = read(scope);
      watch({ text, offset, field, input: undefined, output: result });
      return result;
    };
  }
}

/** What fields give of one value. */
export function braced(evaluate: Evaluate, value: Json, scope: Scope): Json {
  if (value === null) return null;
  const made = evaluate(withDollar(scope, value));
  return isJsonScalar(value) ? (orItself(value, made) ?? null) : (made ?? null);
}

/** A value without fields of which nothing comes stays as it is: where it stands it does not fit, and that is told. */
export function orItself(value: Json, made: Json | undefined): Json | undefined {
  return made !== undefined && holdsNothing(made) ? value : made;
}

/** What is inside a value that is still on its way: what it lacks is left out, as in JSON. */
function onItsWay({ field }: Place): Place {
  return { missing: 'omit', goesOn: true, field };
}

function unknownMethod(name: string): string {
  const meant = nearestName(name, METHOD_NAMES);
  return `unknown method \`->${name}\`${meant === undefined ? '' : `: did you mean \`->${meant}\`?`}`;
}

function goingOn(evaluate: Evaluate, next: Continue): Evaluate {
  return (scope) => {
    const value = evaluate(scope);
    return value === undefined ? undefined : next(value, scope);
  };
}

/** Through lists, element by element; an element without the property becomes null, so that places do not shift. */
function property(value: Json, key: string, scope: Scope): Json | undefined {
  if (isJsonArray(value)) {
    step(scope, value.length / 4);
    return value.map((element) => property(element, key, scope) ?? null);
  }
  return isJsonObject(value) ? ownProperty(value, key) : undefined;
}
