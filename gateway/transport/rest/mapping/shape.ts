import { outputName, type Path, type Selection, valuePath } from './ast';

/** Shape of what a mapping produces, as far as its text tells; lists are not told from single values. */
export type Shape =
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, ShapeField>; readonly offset: number }
  /** A value taken from the data as it is. */
  | { readonly kind: 'value'; readonly offset: number }
  /** The result of a method or an expression. */
  | { readonly kind: 'unknown'; readonly offset: number };

interface ShapeField {
  readonly shape: Shape;
  readonly offset: number;
}

export function shapeOf(selection: Selection): Shape {
  const path = valuePath(selection);
  if (path !== null) return pathShape(path);
  const fields = new Map<string, ShapeField>();
  for (const item of selection.items) {
    const shape = item.value.kind === 'selection' ? shapeOf(item.value) : pathShape(item.value);
    const name = outputName(item);
    if (name !== null) fields.set(name, { shape, offset: item.offset });
    else if (shape.kind === 'object') for (const [inner, field] of shape.fields) fields.set(inner, field);
  }
  return { kind: 'object', fields, offset: selection.offset };
}

function pathShape(path: Path): Shape {
  if (path.selection !== null) return shapeOf(path.selection);
  const computed = path.start.kind === 'expression' || path.steps.some((step) => step.kind === 'method');
  return { kind: computed ? 'unknown' : 'value', offset: path.offset };
}
