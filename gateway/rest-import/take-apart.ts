import { JSON_SCALAR, type ObjectField, type ObjectType, objectsOf } from './graph';
import type { Notes } from './notes';

/** Fields that one selection may have, and how deep it may go. */
const SIZE_MAX = 400;
const DEPTH_MAX = 12;

interface Measure {
  readonly size: number;
  readonly depth: number;
}

/**
 * Makes the types such that a selection can name all that is in them: it has no recursion. Where a type leads back to itself, only the
 * key is taken, and the rest is looked up; without a key that can be looked up the rest is JSON, and so is what is too large.
 */
export function takeApart(roots: readonly ObjectType[], notes: Notes): void {
  breakCircles(roots, notes);
  const measured = new Map<ObjectType, Measure>();
  for (const root of roots) measure(root, measured, notes);
}

function breakCircles(roots: readonly ObjectType[], notes: Notes): void {
  const open = new Set<ObjectType>();
  const done = new Set<ObjectType>();
  const visit = (type: ObjectType): void => {
    open.add(type);
    for (const field of type.fields) {
      const objects = objectsOf(field);
      const back = objects.find((one) => open.has(one));
      if (back === undefined) for (const one of objects) if (!done.has(one) && !open.has(one)) visit(one);
      if (back === undefined) continue;
      if (field.target === back && back.lookedUp) {
        field.keyOnly = true;
        field.use = { ...field.use, required: false };
      } else cut(type, field, `leads back to ${back.name}`, notes);
    }
    open.delete(type);
    done.add(type);
  };
  for (const root of roots) if (!done.has(root)) visit(root);
}

function measure(type: ObjectType, measured: Map<ObjectType, Measure>, notes: Notes): Measure {
  const known = measured.get(type);
  if (known !== undefined) return known;
  const below = new Map<ObjectField, Measure>();
  for (const field of type.fields) {
    const objects = field.keyOnly ? [] : objectsOf(field);
    if (objects.length === 0) continue;
    const all = objects.map((one) => measure(one, measured, notes));
    const one = { size: sum(all.map(({ size }) => size)), depth: Math.max(...all.map(({ depth }) => depth)) };
    if (one.depth >= DEPTH_MAX) cut(type, field, `has more than ${DEPTH_MAX} levels of objects in it`, notes);
    else below.set(field, one);
  }
  const size = () => type.fields.length + sum([...below.values()].map((one) => one.size));
  while (size() > SIZE_MAX && below.size > 0) {
    const [largest] = [...below].sort(([, a], [, b]) => b.size - a.size);
    if (largest === undefined) break;
    cut(type, largest[0], `has ${largest[1].size} fields in it, and a selection may have ${SIZE_MAX}`, notes);
    below.delete(largest[0]);
  }
  const depth = 1 + Math.max(0, ...[...below.values()].map((one) => one.depth));
  const result = { size: size(), depth };
  measured.set(type, result);
  return result;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function cut(type: ObjectType, field: ObjectField, why: string, notes: Notes): void {
  notes.add(`${type.draftName}.${field.wire}`, `is ${JSON_SCALAR}: it ${why}`);
  field.target = null;
  field.use = { ...field.use, name: JSON_SCALAR };
}
