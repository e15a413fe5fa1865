import {
  type ConstValueNode,
  type DocumentNode,
  type InputValueDefinitionNode,
  Kind,
  parse,
  print,
  type ValueNode,
  visit,
} from 'graphql';

/** Tells whether a literal has a number that is another one, or written differently, once it was a double. */
export function hasLongNumber(literal: ValueNode): boolean {
  let found = false;
  const look = ({ value }: { readonly value: string }) => {
    found ||= String(Number(value)) !== value;
  };
  visit(literal, { IntValue: look, FloatValue: look });
  return found;
}

/** Input fields and arguments of fields, by coordinate. */
function* inputValues({ definitions }: DocumentNode): Generator<readonly [string, InputValueDefinitionNode]> {
  for (const type of definitions) {
    switch (type.kind) {
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION:
        for (const field of type.fields ?? []) yield [`${type.name.value}.${field.name.value}`, field];
        break;
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION:
        for (const { name, arguments: given = [] } of type.fields ?? [])
          for (const one of given) yield [`${type.name.value}.${name.value}(${one.name.value})`, one];
    }
  }
}

function longDefaults(sources: readonly DocumentNode[]): ReadonlyMap<string, ConstValueNode> {
  const found = new Map<string, ConstValueNode>();
  for (const source of sources)
    for (const [coordinate, { defaultValue }] of inputValues(source))
      if (defaultValue !== undefined && !found.has(coordinate) && hasLongNumber(defaultValue))
        found.set(coordinate, defaultValue);
  return found;
}

/**
 * An SDL with the numbers of defaults as its sources have them: the libraries of federation make doubles of them.
 * @param sources what it was made of
 */
export function withWrittenDefaults(sdl: string, sources: readonly DocumentNode[]): string {
  const written = longDefaults(sources);
  if (written.size === 0) return sdl;
  let text = '';
  let at = 0;
  for (const [coordinate, { defaultValue }] of inputValues(parse(sdl))) {
    const own = written.get(coordinate);
    if (own === undefined || defaultValue?.loc === undefined) continue;
    text += sdl.slice(at, defaultValue.loc.start) + print(own);
    at = defaultValue.loc.end;
  }
  return text + sdl.slice(at);
}
