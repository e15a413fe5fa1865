import type { FullTypes } from '../supergraph/full-types';
import { type Access, accessTo, type Parts } from './parts';
import type { Position } from './position';

/**
 * The concrete type of an object: of the names that its fetches answered the first that is an object type (a subgraph
 * with `@interfaceObject` answers the interface's own name), else whatever was answered, else null.
 */
export function typenameReader(position: Position, types: FullTypes): (parts: Parts) => string | null {
  const access: Access | null = accessTo(position, '__typename');
  if (access === null) return () => null;
  const { child, read } = access;
  if (child.fetches.length === 1) {
    return (parts) => {
      const name = read(parts);
      return typeof name === 'string' ? name : null;
    };
  }
  return (parts) => {
    let found: string | null = null;
    for (const name of read(parts) as unknown[]) {
      if (typeof name !== 'string') continue;
      if (types.objectTypes.has(name)) return name;
      found ??= name;
    }
    return found;
  };
}
