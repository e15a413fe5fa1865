import { Kind, parse, type SelectionSetNode } from 'graphql';
import type { ConnectDirective } from './read-directives';
import type { LocatedMapping } from './site';

/** What says which object is meant: the request, or the selection where there is none. */
function asking({ http, selection }: ConnectDirective): readonly LocatedMapping[] {
  return http?.mappings ?? [selection];
}

/** Tells whether the request of a connector reads the variable. */
export function uses(connect: ConnectDirective, variable: '$this' | '$batch'): boolean {
  return asking(connect).some(({ mapping }) => mapping.references.some((used) => used.variable === variable));
}

/** The different paths that a connector reads from `$this` or `$batch` to know what is meant. */
export function keyPaths(connect: ConnectDirective, variable: '$this' | '$batch'): readonly (readonly string[])[] {
  const paths = new Map<string, readonly string[]>();
  for (const { mapping } of asking(connect)) {
    for (const used of mapping.references) {
      if (used.variable === variable && used.keys.length > 0) paths.set(used.keys.join('.'), used.keys);
    }
  }
  return [...paths.values()];
}

/** `id store { id }` as `[['id'], ['store', 'id']]`; none when the text is no field set. */
export function fieldSetPaths(fields: string): readonly (readonly string[])[] {
  try {
    const [operation] = parse(`{${fields}}`, { noLocation: true }).definitions;
    return operation?.kind === Kind.OPERATION_DEFINITION ? selectionPaths(operation.selectionSet) : [];
  } catch {
    return []; // composition reports it
  }
}

function selectionPaths(selections: SelectionSetNode): (readonly string[])[] {
  return selections.selections.flatMap((selection) => {
    if (selection.kind !== Kind.FIELD)
      return selection.kind === Kind.INLINE_FRAGMENT ? selectionPaths(selection.selectionSet) : [];
    const name = selection.name.value;
    if (selection.selectionSet === undefined) return [[name]];
    return selectionPaths(selection.selectionSet).map((path) => [name, ...path]);
  });
}
