import type { Comprehension, Node } from './ast';
import type { Frame, Step } from './frame';
import type { Type } from './types';
import { admitAs, describeKind, EvaluationError, entryOf, isMap, MadeMap } from './values';

/** What compiles the parts of a macro. */
interface Compiler {
  compile(node: Node): Step;
  /** Work for one run of a part, macros in it apart. */
  unitsOf(node: Node): number;
  /** Places of the variables that a macro names. */
  slotsOf(node: Node): readonly number[];
  /** Undefined when nothing was checked. */
  typeOf(node: Node): Type | undefined;
}

/** What a macro does with each element. It ends the loop by giving anything but undefined. */
interface Fold {
  /** @param value of the body for the element; a filter has let it through */
  visit(value: unknown, element: unknown): unknown;
  finish(): unknown;
}

/** A loop over a list or a map. Each round is charged before it runs. */
export function compileComprehension(node: Comprehension, compiler: Compiler): Step {
  const range = compiler.compile(node.range);
  const filter = node.filter === null ? null : compiler.compile(node.filter);
  const body = compiler.compile(node.body);
  const units = 1 + compiler.unitsOf(node.body) + (node.filter === null ? 0 : compiler.unitsOf(node.filter));
  const place = placer(node, compiler);
  return (frame) => {
    const whole = range(frame);
    if (whole instanceof EvaluationError) return whole;
    const elements = Array.isArray(whole) ? whole : isMap(whole) ? frame.keysOf(whole) : undefined;
    if (elements instanceof EvaluationError) return elements;
    if (elements === undefined) return unfit(whole, node);
    const fold = makeFold(node);
    for (let index = 0; index < elements.length; index++) {
      if (!frame.charge(units)) return frame.exhausted();
      const element = place(frame, whole, elements, index);
      const chosen = filter === null ? true : filter(frame);
      if (chosen === false) continue;
      const result = chosen === true ? fold.visit(body(frame), element) : unfit(chosen, node);
      if (result !== undefined) return result;
    }
    return fold.finish();
  };
}

function unfit(value: unknown, { macro, at }: Comprehension): EvaluationError {
  if (value instanceof EvaluationError) return value;
  const error = new EvaluationError(`${macro}() does not take ${describeKind(value)}`);
  error.offset = at;
  return error;
}

type Placer = (frame: Frame, whole: unknown, elements: readonly unknown[], index: number) => unknown;

/** Puts an element, or index and element, or key and value where the body finds them. Gives what the body's result belongs to. */
function placer(node: Comprehension, compiler: Compiler): Placer {
  const [first = 0, second] = compiler.slotsOf(node);
  const type = compiler.typeOf(node.range);
  const elementType = type?.kind === 'list' ? type.element : undefined;
  const valueType = type?.kind === 'map' ? type.value : undefined;
  return ({ locals }, whole, elements, index) => {
    const element = admitAs(elementType, elements[index]);
    if (second === undefined) {
      locals[first] = element;
      return element;
    }
    const isList = Array.isArray(whole);
    locals[first] = isList ? BigInt(index) : element;
    locals[second] = isList || !isMap(whole) ? element : admitAs(valueType, entryOf(whole, element));
    return locals[first];
  };
}

function makeFold(node: Comprehension): Fold {
  switch (node.macro) {
    case 'all':
      return quantifier(node, false);
    case 'exists':
      return quantifier(node, true);
    case 'existsOne':
      return exactlyOne(node);
    case 'filter':
      return filtered(node);
    case 'map':
    case 'transformList':
      return mapped();
    case 'transformMap':
      return mappedValues();
  }
}

/** Ends at the first element that decides; an error counts only when none does. */
function quantifier(node: Comprehension, decisive: boolean): Fold {
  let failure: EvaluationError | undefined;
  return {
    visit(value) {
      if (value === decisive) return decisive;
      if (value !== !decisive) failure ??= unfit(value, node);
      return undefined;
    },
    finish: () => failure ?? !decisive,
  };
}

function exactlyOne(node: Comprehension): Fold {
  let found = 0;
  return {
    visit(value) {
      if (value === true) found += 1;
      return typeof value === 'boolean' ? undefined : unfit(value, node);
    },
    finish: () => found === 1,
  };
}

function filtered(node: Comprehension): Fold {
  const list: unknown[] = [];
  return {
    visit(value, element) {
      if (value === true) list.push(element);
      return typeof value === 'boolean' ? undefined : unfit(value, node);
    },
    finish: () => list,
  };
}

function mapped(): Fold {
  const list: unknown[] = [];
  return {
    visit(value) {
      if (value instanceof EvaluationError) return value;
      list.push(value);
      return undefined;
    },
    finish: () => list,
  };
}

function mappedValues(): Fold {
  const map = new MadeMap();
  return {
    visit(value, key) {
      if (value instanceof EvaluationError) return value;
      map.set(key, value);
      return undefined;
    },
    finish: () => map,
  };
}
