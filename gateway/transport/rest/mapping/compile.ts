import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json';
import { type Expression, type Item, outputName, type Selection, soleValue } from './ast';
import { braced, orItself, PathCompiler, type Place } from './compile-path';
import { readsData } from './references';
import { type Evaluate, type Scope, step, weightOf } from './scope';
import type { Watch } from './watch';

export interface CompileOptions {
  /**
   * What a field of a selection becomes when the data lacks it: `omit` leaves it out (request bodies, query parameters);
   * `null` writes null, so that a field that was asked for and not sent is told from one that was never asked for.
   */
  readonly missing: 'omit' | 'null';
  /** Is told of each step; what is compiled without it has nothing of it. */
  readonly watch?: Watch;
}

/**
 * Turns a parsed mapping into a function, once, at load.
 * @throws {MappingSyntaxError} unknown method, wrong number of arguments
 */
export function compileMapping(selection: Selection, { missing, watch }: CompileOptions): Evaluate {
  const evaluate = new SelectionCompiler(watch ?? null).whole(selection, missing);
  const sole = soleValue(selection);
  if ((sole !== null && sole.kind !== 'selection') || readsData(selection) === null) return evaluate;
  // Fields named at the top apply to each element when the data is a list, as braces do.
  return (scope) => {
    const { dollar } = scope;
    if (dollar === undefined || dollar === null || isJsonObject(dollar)) return evaluate(scope);
    if (!isJsonArray(dollar)) return orItself(dollar, evaluate(scope));
    return dollar.map((element) => braced(evaluate, element, scope));
  };
}

/** Writes a field; true when the whole object is null instead. */
type Write = (target: Record<string, Json>, scope: Scope) => boolean;

class SelectionCompiler extends PathCompiler {
  readonly #watching: Watch | null;

  constructor(watch: Watch | null) {
    super(watch);
    this.#watching = watch;
  }

  whole(selection: Selection, missing: CompileOptions['missing']): Evaluate {
    return this.selection(selection, { missing, goesOn: false, field: '' });
  }

  protected selection(selection: Selection, place: Place): Evaluate {
    const sole = soleValue(selection);
    if (sole !== null) return this.expression(sole, place);
    const writes = selection.items.map((item) => this.#item(item, place));
    return (scope) => {
      const target: Record<string, Json> = {};
      let isNull = false;
      for (const write of writes) if (write(target, scope)) isNull = true;
      if (place.goesOn) weightOf(scope, target);
      return isNull ? null : target;
    };
  }

  protected expression(expression: Expression, place: Place): Evaluate {
    switch (expression.kind) {
      case 'path':
        return this.path(expression, place);
      case 'selection':
        return this.selection(expression, place);
      case 'literal': {
        const { value } = expression;
        return () => value;
      }
      case 'array': {
        const items = expression.items.map((item) => this.counted(item, place));
        return (scope) => {
          const list = items.map((item) => item(scope) ?? null);
          if (place.goesOn) weightOf(scope, list);
          return list;
        };
      }
      case 'fallback':
        return fallback(
          expression.operator,
          expression.operands.map((operand) => this.expression(operand, place)),
        );
    }
  }

  #item(item: Item, place: Place): Write {
    const name = outputName(item);
    const evaluate = this.expression(item.value, inside(place, name));
    if (item.spread) return this.#spread(item, evaluate, place);
    return (target, scope) => {
      step(scope);
      const value = evaluate(scope);
      if (name === null) {
        // A path of several steps with braces gives its fields to the object it stands in.
        if (value !== undefined && isJsonObject(value)) copyFields(value, target);
      } else if (value !== undefined) target[name] = value;
      else if (place.missing === 'null') target[name] = null;
      return false;
    };
  }

  /** `... value`: fields of an object; null makes the whole object null; nothing adds nothing. */
  #spread({ offset }: Item, evaluate: Evaluate, { field }: Place): Write {
    const watch = this.#watching;
    return (target, scope) => {
      step(scope);
      const value = evaluate(scope);
      watch?.({ text: '...', offset, field, input: undefined, output: value });
      if (value !== undefined && isJsonObject(value)) copyFields(value, target);
      return value === null;
    };
  }
}

function inside(place: Place, name: string | null): Place {
  if (name === null) return place;
  return { ...place, field: place.field === '' ? name : `${place.field}.${name}` };
}

/** Not Object.assign: data may carry a key named `__proto__`. */
function copyFields(from: JsonObject, to: Record<string, Json>): void {
  for (const key of Object.keys(from)) if (key !== '__proto__') to[key] = from[key] ?? null;
}

/** `a ?? b ?? c`: the first that is neither absent nor null; with `?!` the first that is not absent; else the last. */
function fallback(operator: '??' | '?!', operands: readonly Evaluate[]): Evaluate {
  return (scope) => {
    let value: Json | undefined;
    for (const operand of operands) {
      value = operand(scope);
      if (value !== undefined && (value !== null || operator === '?!')) return value;
    }
    return value;
  };
}
