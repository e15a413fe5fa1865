import { type Expression, type Item, outputName, type Path, type Selection, type Step, soleValue } from './ast';
import type { Gives } from './methods/method';
import { METHODS } from './methods/methods';
import { readsData } from './references';
import {
  ALTERNATIVES_MAX,
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
  /** Braces that may still be looked at: those in braces are looked at once for each alternative around them. */
  readonly budget: { braces: number };
}

const BRACES_MAX = 50_000;

type MethodStep = Extract<Step, { kind: 'method' }>;

const DATA: Shape = { kind: 'value', offset: 0 };

/** The shape of what a whole mapping gives. */
export function shapeOf(selection: Selection): Shape {
  const shape = ofSelection(selection, { dollar: DATA, at: DATA, locals: new Map(), budget: { braces: BRACES_MAX } });
  const sole = soleValue(selection);
  const isValue = sole !== null && sole.kind !== 'selection';
  return isValue || readsData(selection) === null ? shape : perhapsMany(shape);
}

/** An object while its items are gone through: mappings have thousands, so it is written into. */
interface Draft {
  readonly fields: Map<string, ShapeField>;
  open: boolean;
  readonly spreads: ObjectShape['spreads'][number][];
}

function ofSelection(selection: Selection, around: Around): Shape {
  const sole = soleValue(selection);
  if (sole !== null) return ofExpression(sole, around);
  const { offset } = selection;
  around.budget.braces -= 1;
  if (around.budget.braces < 0) return { kind: 'unknown', offset };
  let drafts: Draft[] = [{ fields: new Map(), open: false, spreads: [] }];
  let nothing: Shape | null = null;
  for (const item of selection.items) {
    const shape = ofExpression(item.value, around);
    const name = outputName(item);
    if (name !== null) {
      for (const { fields } of drafts) put(fields, name, { shape, offset: item.offset });
      continue;
    }
    const all = alternatives(shape);
    // An element of a list that is empty never comes.
    if (all.length === 0) continue;
    nothing ??= (item.spread && all.find(({ kind }) => kind === 'null')) || null;
    const others = item.spread ? all.filter(({ kind }) => kind !== 'null') : all;
    if (drafts.length * others.length > ALTERNATIVES_MAX) return { kind: 'unknown', offset };
    drafts = others.flatMap((one, index) => {
      const own = index === others.length - 1 ? drafts : drafts.map(copyOf);
      for (const draft of own) merge(draft, one, item);
      return own;
    });
  }
  const objects = drafts.map((draft): Shape => ({ kind: 'object', ...draft, single: true, offset }));
  return anyOf(nothing === null ? objects : [...objects, nothing], offset);
}

function copyOf({ fields, open, spreads }: Draft): Draft {
  return { fields: new Map(fields), open, spreads: [...spreads] };
}

/** Of two values for one name the later wins, where it is there. */
function put(fields: Draft['fields'], name: string, field: ShapeField): void {
  const before = fields.get(name);
  fields.set(
    name,
    before === undefined ? field : { ...field, shape: anyOf([before.shape, field.shape], field.offset) },
  );
}

/** What an item without a name gives to the object that it stands in. */
function merge(draft: Draft, one: Shape, { offset }: Item): void {
  if (one.kind === 'object') {
    for (const [name, field] of one.fields) put(draft.fields, name, field);
    draft.open ||= one.open;
  } else if (one.kind === 'list' || one.kind === 'scalar') draft.spreads.push({ gives: GIVEN[one.kind], offset });
  else if (one.kind !== 'null' && one.kind !== 'absent') draft.open = true;
}

const GIVEN = { list: 'a list', scalar: 'a single value' } as const;

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
  return braces(shape, path.selection, { ...around, locals });
}

function ofStart({ start, offset }: Path, around: Around): Shape {
  const { dollar, at, locals } = around;
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
      return ofExpression(start.expression, around);
  }
}

/** Braces apply to each element of a list; null stays null. */
function braces(shape: Shape, selection: Selection, around: Around): Shape {
  const { offset } = selection;
  if (shape.kind === 'null' || shape.kind === 'absent') return shape;
  if (shape.kind === 'any') {
    return anyOf(
      shape.of.map((one) => braces(one, selection, around)),
      offset,
    );
  }
  if (shape.kind === 'list') return { kind: 'list', of: braces(shape.of, selection, around), offset };
  const inner = ofSelection(selection, { ...around, dollar: shape, at: shape });
  // A value without fields of which nothing comes stays as it is.
  if (shape.kind === 'scalar') return anyOf([inner, shape], offset);
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
