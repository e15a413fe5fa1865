import type { ObjectType } from './graph';
import { key } from './text';

/** Lines of a selection that takes every field of a type, two spaces for each level. */
export function selectionOf(type: ObjectType, indent = ''): readonly string[] {
  return type.fields.flatMap(({ name, wire, target, keyOnly }) => {
    const path = name === wire ? name : `${name}: ${key(wire)}`;
    if (target === null) return [`${indent}${path}`];
    if (keyOnly) return [`${indent}${path} { ${keyOf(target)} }`];
    return [`${indent}${path} {`, ...selectionOf(target, `${indent}  `), `${indent}}`];
  });
}

function keyOf({ fields, key: name }: ObjectType): string {
  const field = fields.find((one) => one.name === name);
  return field === undefined || field.name === field.wire ? `${name}` : `${name}: ${key(field.wire)}`;
}
