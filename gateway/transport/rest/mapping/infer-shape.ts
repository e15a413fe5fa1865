import { type Expression, type Item, outputName, type Path, type Selection, type Step, soleValue } from './ast';
import type { Gives } from './methods/method';
import { METHODS } from './methods/methods';
import { readsData } from './references';
import {
  alternatives,
  anyOf,
  elementOf,
  type ObjectShape,
  perhapsMany,
  propertyOf,
  type Shape,
  type ShapeField,
} from './shape';

/** What names stand for at a place of the text. */
interface Around {
  readonly dollar: Shape;
  readonly at: Shape;
  readonly locals: ReadonlyMap<string, Shape>;
}

type MethodStep = Extract<Step, { kind: 'method' }>;

const DATA: Shape = { kind: 'value', offset: 0 };

/** The shape of what a whole mapping gives. */
export function shapeOf(selection: Selection): Shape {
  const shape = ofSelection(selection, { dollar: DATA, at: DATA, locals: new Map() });
  const sole = soleValue(selection);
  const isValue = sole !== null && sole.kind !== 'selection';
  return isValue || readsData(selection) === null ? shape : perhapsMany(shape);
}

function ofSelection(selection: Selection, around: Around): Shape {
  const sole = soleValue(selection);
  if (sole !== null) return ofExpression(sole, around);
  const { offset } = selection;
  let all: readonly Shape[] = [{ kind: 'object', fields: new Map(), open: false, single: true, spreads: [], offset }];
  for (const item of selection.items) {
    const shape = ofExpression(item.value, around);
    all = all.flatMap((object) => (object.kind === 'object' ? withItem(object, item, shape) : [object]));
    const whole = anyOf(all, offset);
    if (whole.kind === 'unknown') return whole;
  }
  return anyOf(all, offset);
}

function withItem(object: ObjectShape, item: Item, shape: Shape): readonly Shape[] {
  const name = outputName(item);
  if (name !== null) return [withFields(object, [[name, { shape, offset: item.offset }]])];
  return alternatives(shape).map((one): Shape => {
    switch (one.kind) {
      case 'object':
        return { ...withFields(object, one.fields), open: object.open || one.open };
      case 'null':
        return item.spread ? one : object;
      case 'absent':
        return object;
      case 'list':
      case 'scalar':
        return { ...object, spreads: [...object.spreads, { gives: GIVEN[one.kind], offset: item.offset }] };
      default:
        return { ...object, open: true };
    }
  });
}

const GIVEN = { list: 'a list', scalar: 'a single value' } as const;

function withFields(object: ObjectShape, fields: Iterable<readonly [string, ShapeField]>): ObjectShape {
  return { ...object, fields: new Map([...object.fields, ...fields]) };
}

function ofExpression(expression: Expression, around: Around): Shape {
  const { offset } = expression;
  switch (expression.kind) {
    case 'path':
      return ofPath(expression, around);
    case 'selection':
      return ofSelection(expression, around);
    case 'literal': {
      const { value } = expression;
      if (value === null) return { kind: 'null', offset };
      const type = typeof value === 'string' || typeof value === 'boolean' ? typeof value : 'number';
      return { kind: 'scalar', type: type === 'string' || type === 'boolean' ? type : 'number', value, offset };
    }
    case 'array':
      return { kind: 'list', of: anyOf(items(expression.items, around), offset), offset };
    case 'fallback': {
      const shapes = items(expression.operands, around);
      return anyOf(
        shapes.map((shape, index) => (index === shapes.length - 1 ? shape : withoutNothing(shape))),
        offset,
      );
    }
  }
}

function items(expressions: readonly Expression[], around: Around): readonly Shape[] {
  return expressions.map((one) => ofExpression(one, around));
}

/** What the left side of `??` gives, where it gives something. */
function withoutNothing(shape: Shape): Shape {
  const all = alternatives(shape).filter(({ kind }) => kind !== 'absent' && kind !== 'null');
  return { kind: 'any', of: all, offset: shape.offset };
}

function ofPath(path: Path, around: Around): Shape {
  let shape = ofStart(path, around);
  let { locals } = around;
  for (const step of path.steps) {
    if (step.kind === 'key') shape = propertyOf(shape, step.key, step.offset);
    else if (step.kind === 'method') {
      if (step.name === 'as') locals = bound(step, shape, { ...around, locals });
      else shape = ofMethod(step, shape, { ...around, locals });
    }
  }
  if (path.selection === null) return shape.kind === 'value' ? { kind: 'value', offset: path.offset } : shape;
  const { selection } = path;
  return anyOf(
    alternatives(shape).map((one) => braces(one, selection, locals)),
    path.offset,
  );
}

function ofStart({ start, offset }: Path, { dollar, at, locals }: Around): Shape {
  switch (start.kind) {
    case 'dollar':
      return { ...dollar, offset };
    case 'at':
      return { ...at, offset };
    case 'variable':
      return locals.get(start.name) ?? { kind: 'value', offset };
    case 'key':
      return propertyOf(dollar, start.key, offset);
    case 'expression':
      return ofExpression(start.expression, { dollar, at, locals });
  }
}

/** Braces apply to each element of a list; null stays null. */
function braces(shape: Shape, selection: Selection, locals: Around['locals']): Shape {
  if (shape.kind === 'null' || shape.kind === 'absent') return shape;
  const element = shape.kind === 'list' ? shape.of : shape;
  const inner = ofSelection(selection, { dollar: element, at: element, locals });
  if (shape.kind === 'list') return { kind: 'list', of: inner, offset: selection.offset };
  return shape.kind === 'object' && shape.single ? inner : perhapsMany(inner);
}

function bound({ args: [target, value] }: MethodStep, shape: Shape, around: Around): Around['locals'] {
  if (target?.kind !== 'path' || target.start.kind !== 'variable') return around.locals;
  const given = value === undefined ? shape : ofExpression(value, { ...around, at: shape });
  return new Map([...around.locals, [target.start.name, given]]);
}

function ofMethod(call: MethodStep, input: Shape, around: Around): Shape {
  const { name, args, offset } = call;
  if (name === 'match') return ofMatch(call, { ...around, at: input });
  const gives = METHODS.get(name)?.gives ?? 'anything';
  const [argument] = args;
  if (gives === 'argument' || gives === 'arguments') {
    const at = gives === 'argument' ? input : elementOf(input);
    const result: Shape =
      argument === undefined ? { kind: 'unknown', offset } : ofExpression(argument, { ...around, at });
    return gives === 'argument' ? result : { kind: 'list', of: result, offset };
  }
  return fixed(gives, input, offset);
}

function ofMatch({ args, offset }: MethodStep, around: Around): Shape {
  const arms = args.flatMap((pair) => (pair.kind === 'array' ? [pair.items] : []));
  const isComplete = arms.some(([candidate]) => candidate?.kind === 'path' && candidate.start.kind === 'at');
  const shapes = arms.flatMap(([, value]) => (value === undefined ? [] : [ofExpression(value, around)]));
  return anyOf(isComplete ? shapes : [...shapes, { kind: 'absent', offset }], offset);
}

function fixed(gives: Exclude<Gives, 'argument' | 'arguments'>, input: Shape, offset: number): Shape {
  const text: Shape = { kind: 'scalar', type: 'string', value: undefined, offset };
  switch (gives) {
    case 'string':
    case 'number':
    case 'boolean':
      return { ...text, type: gives };
    case 'strings':
      return { kind: 'list', of: text, offset };
    case 'entries': {
      const value: Shape = { kind: 'unknown', offset };
      const fields = new Map(Object.entries({ key: text, value }).map(([name, shape]) => [name, { shape, offset }]));
      const entry: Shape = { kind: 'object', fields, open: false, single: true, spreads: [], offset };
      return { kind: 'list', of: entry, offset };
    }
    case 'input':
      return input.kind === 'list' ? { ...input, offset } : { kind: 'unknown', offset };
    case 'element':
      return { ...elementOf(input), offset };
    case 'elements':
      return { kind: 'list', of: elementOf(input), offset };
    case 'anything':
      return { kind: 'unknown', offset };
  }
}
