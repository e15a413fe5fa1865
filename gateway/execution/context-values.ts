import type { ContextRewrite } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import { accessTo, arrive, elementOf, hasObject, leafOf, listOf, type Parts, rootParts } from './parts';
import type { FlattenElement } from './paths';
import type { Position } from './position';
import type { Run } from './run';
import { typenameReader } from './typename';

/** Undefined where an object has another type than the path says; null where nothing was answered. */
type ReadValue = (parts: Parts, run: Run) => unknown;

/** Values of the contextual arguments for the entity at `run.indexes`, by name of the variable; those without are left out. */
export type ReadContext = (run: Run) => ReadonlyMap<string, unknown>;

const UP = '..';
const CONDITION = '... on ';

/** The way to a value: fields up from the entity to the object with the context, then keys and conditions down. */
export function wayOf({ path }: ContextRewrite): { readonly levels: number; readonly below: readonly string[] } {
  const levels = path.lastIndexOf(UP) + 1;
  return { levels, below: path.slice(levels) };
}

export function isCondition(element: string): boolean {
  return element.startsWith(CONDITION);
}

/** The type that a condition names. */
export function conditionOf(element: string): string {
  return element.slice(CONDITION.length);
}

/** What is below a key: a list is read element by element. */
function valueReader(child: Position, path: readonly string[], types: FullTypes): ReadValue {
  const below = path.length === 0 ? null : objectReader(child, path, types);
  const readValue: ReadValue = (values, run) => {
    const list = below === null ? null : listOf(child, values);
    if (list !== null) {
      return list.map((_, index) => {
        run.indexes.push(index);
        const value = readValue(elementOf(child, values, index), run);
        run.indexes.pop();
        return value;
      });
    }
    const here = arrive(child, values, run);
    if (below === null) return leafOf(child, here) ?? null;
    return hasObject(child, here) ? below(here, run) : null;
  };
  return readValue;
}

function objectReader(position: Position, [first = '', ...rest]: readonly string[], types: FullTypes): ReadValue {
  if (isCondition(first)) {
    const typenameOf = typenameReader(position, types);
    const next = objectReader(position, rest, types);
    const condition = conditionOf(first);
    return (parts, run) => {
      const typename = typenameOf(parts);
      return typename !== null && types.fits(typename, condition) ? next(parts, run) : undefined;
    };
  }
  const access = accessTo(position, first);
  if (access === null) return () => null;
  const readValue = valueReader(access.child, rest, types);
  return (parts, run) => readValue(access.read(parts), run);
}

/** Goes from the root to an object above the entity, by the list indexes on the way to the entity, and reads there. */
function readerAbove(
  position: Position,
  [element, ...rest]: readonly FlattenElement[],
  depth: number,
  read: (position: Position) => ReadValue,
): ReadValue {
  if (element === undefined) {
    const readHere = read(position);
    return (parts, run) => {
      const deeper = run.indexes.splice(depth);
      const value = readHere(parts, run);
      run.indexes.push(...deeper);
      return value;
    };
  }
  const access = accessTo(position, element.key);
  if (access === null) return () => null;
  const { child } = access;
  const next = readerAbove(child, rest, depth + element.lists, read);
  return (parts, run) => {
    let values = access.read(parts);
    for (let list = 0; list < element.lists; list++) {
      if (listOf(child, values) === null) return null;
      values = elementOf(child, values, run.indexes[depth + list] ?? 0);
    }
    return next(arrive(child, values, run), run);
  };
}

/**
 * Compiles where contextual arguments have their values.
 * @param path of the fetch, in the keys of the plan
 */
export function contextReader(
  root: Position,
  path: readonly FlattenElement[],
  rewrites: readonly ContextRewrite[],
  types: FullTypes,
): ReadContext {
  const readers = rewrites.map((rewrite) => {
    const { levels, below } = wayOf(rewrite);
    const above = path.slice(0, Math.max(0, path.length - levels));
    const read = readerAbove(root, above, 0, (position) => objectReader(position, below, types));
    return { variable: rewrite.renameKeyTo, read };
  });
  return (run) => {
    const values = new Map<string, unknown>();
    const parts = rootParts(root, run);
    for (const { variable, read } of readers) {
      const value = read(parts, run);
      if (value !== undefined && (values.get(variable) ?? null) === null) values.set(variable, value);
    }
    return values;
  };
}

/**
 * Compiles whether an entity is asked for a field that has contextual arguments: a fetch may ask others beside it that have none.
 * @param conditions around each such field
 */
export function contextualReader(
  position: Position,
  conditions: readonly (readonly string[])[],
  types: FullTypes,
): (parts: Parts) => boolean {
  const typenameOf = typenameReader(position, types);
  return (parts) => {
    const typename = typenameOf(parts);
    return typename === null || conditions.some((all) => all.every((one) => types.fits(typename, one)));
  };
}
