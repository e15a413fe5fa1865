import type { ExactNumber } from '../../../json/exact-number';

/** Shape of what a mapping produces, as far as its text tells. */
export type Shape =
  | ObjectShape
  | { readonly kind: 'list'; readonly of: Shape; readonly offset: number }
  | ScalarShape
  | { readonly kind: 'null'; readonly offset: number }
  /** Nothing at all, as of a `->match` that no pair fits. */
  | { readonly kind: 'absent'; readonly offset: number }
  /** One of them, as the data decides. */
  | { readonly kind: 'any'; readonly of: readonly Shape[]; readonly offset: number }
  /** A value taken from the data as it is. */
  | { readonly kind: 'value'; readonly offset: number }
  /** The result of a method or an expression that may be anything. */
  | { readonly kind: 'unknown'; readonly offset: number };

export interface ObjectShape {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, ShapeField>;
  /** There may be fields that the text does not name. */
  readonly open: boolean;
  /** False where a list of data makes it a list of objects. */
  readonly single: boolean;
  /** Spreads of what is no object. */
  readonly spreads: readonly { readonly gives: string; readonly offset: number }[];
  readonly offset: number;
}

export interface ShapeField {
  readonly shape: Shape;
  readonly offset: number;
}

interface ScalarShape {
  readonly kind: 'scalar';
  readonly type: 'string' | 'number' | 'boolean';
  /** Of a literal; undefined for what is computed. */
  readonly value: string | number | bigint | ExactNumber | boolean | undefined;
  readonly offset: number;
}

/** Each of the shapes that it may be; never of kind `any`. */
export function alternatives(shape: Shape): readonly Exclude<Shape, { kind: 'any' }>[] {
  return shape.kind === 'any' ? shape.of.flatMap(alternatives) : [shape];
}

/** Alternatives of one mapping beyond this many are not told apart. */
export const ALTERNATIVES_MAX = 64;

export function anyOf(shapes: readonly Shape[], offset: number): Shape {
  const all = shapes.flatMap(alternatives);
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  return all.length > ALTERNATIVES_MAX ? { kind: 'unknown', offset } : { kind: 'any', of: all, offset };
}

/** The shape as it is where its input may be a list or not. */
export function perhapsMany(shape: Shape): Shape {
  if (shape.kind === 'object') return { ...shape, single: false };
  if (shape.kind === 'any') return { ...shape, of: shape.of.map(perhapsMany) };
  if (shape.kind === 'null' || shape.kind === 'absent') return shape;
  return { kind: 'unknown', offset: shape.offset };
}

/** An element where it is a list. */
export function elementOf(shape: Shape): Shape {
  if (shape.kind === 'list') return shape.of;
  if (shape.kind === 'any') return anyOf(shape.of.map(elementOf), shape.offset);
  return shape.kind === 'value' ? { kind: 'unknown', offset: shape.offset } : shape;
}

/** The property of that name. */
export function propertyOf(shape: Shape, key: string, offset: number): Shape {
  switch (shape.kind) {
    case 'object':
      return shape.fields.get(key)?.shape ?? { kind: shape.open ? 'unknown' : 'absent', offset };
    case 'list':
      return { kind: 'list', of: propertyOf(shape.of, key, offset), offset };
    case 'any':
      return anyOf(
        shape.of.map((one) => propertyOf(one, key, offset)),
        offset,
      );
    case 'value':
    case 'unknown':
      return { kind: shape.kind, offset };
    default:
      return { kind: 'absent', offset };
  }
}

/** Names of the fields that the objects of a shape may have; null when the text does not tell. */
export function fieldNames(shape: Shape): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const one of alternatives(shape)) {
    const inner = one.kind === 'list' ? alternatives(one.of) : [one];
    for (const object of inner) {
      if (object.kind === 'null' || object.kind === 'absent') continue;
      if (object.kind !== 'object' || object.open) return null;
      for (const name of object.fields.keys()) names.add(name);
    }
  }
  return names;
}
