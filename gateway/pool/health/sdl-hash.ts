import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, parse, print, visit } from 'graphql';

/**
 * Tells schemas apart, whatever their layout, descriptions and order of definitions.
 * @returns a hash in hex; of the text itself when it is not SDL
 */
export function sdlHash(sdl: string): string {
  return createHash('sha256').update(canonical(sdl)).digest('hex');
}

function canonical(sdl: string): string {
  try {
    const document: DocumentNode = visit(parse(sdl, { noLocation: true }), {
      enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
    });
    return document.definitions
      .filter(({ kind }) => kind !== Kind.DIRECTIVE_DEFINITION)
      .map((definition) => print(definition))
      .sort()
      .join('\n');
  } catch {
    return sdl.trim();
  }
}
