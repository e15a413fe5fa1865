import type { ObjectType, Union } from './graph';
import { path, quoted } from './text';

/** Lines of a selection that takes every field of a type, two spaces for each level. */
export function selectionOf(type: ObjectType, indent = ''): readonly string[] {
  if (type.union !== null) return armsOf(type.union, indent);
  return type.fields.flatMap(({ name, wire, target, keyOnly }) => {
    const from = name === wire ? name : `${name}: ${path(wire)}`;
    if (target === null) return [`${indent}${from}`];
    if (keyOnly) return [`${indent}${from} { ${keyOf(target)} }`];
    return [`${indent}${from} {`, ...selectionOf(target, `${indent}  `), `${indent}}`];
  });
}

/** The fields of the type that the property names. */
function armsOf({ property, members }: Union, indent: string): readonly string[] {
  const arms = members.flatMap(({ values, type }) =>
    values.map((value) => [
      `${indent}  [${quoted(value)}, $ {`,
      `${indent}    __typename: $(${quoted(type.name)})`,
      ...selectionOf(type, `${indent}    `),
      `${indent}  }]`,
    ]),
  );
  const lines = arms.flatMap((arm, index) => (index < arms.length - 1 ? [...arm.slice(0, -1), `${arm.at(-1)},`] : arm));
  return [`${indent}... ${path(property)}->match(`, ...lines, `${indent})`];
}

function keyOf({ fields, key: name }: ObjectType): string {
  const field = fields.find((one) => one.name === name);
  return field === undefined || field.name === field.wire ? `${name}` : `${name}: ${path(field.wire)}`;
}
