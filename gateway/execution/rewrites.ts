import type { Rewrite } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import { isJsonObject } from './parts';

const CONDITION = '... on ';

function change(value: Record<string, unknown>, key: string, rewrite: Rewrite): Record<string, unknown> {
  if (rewrite.kind === 'ValueSetter') return { ...value, [key]: rewrite.setValueTo };
  if (!Object.hasOwn(value, key)) return value;
  const { [key]: moved, ...rest } = value;
  return { ...rest, [rewrite.renameKeyTo]: moved };
}

function at(value: unknown, path: readonly string[], rewrite: Rewrite, types: FullTypes): unknown {
  if (Array.isArray(value)) return value.map((element) => at(element, path, rewrite, types));
  const [first, ...rest] = path;
  if (!isJsonObject(value) || first === undefined) return value;
  if (first.startsWith(CONDITION)) {
    const typename = value.__typename;
    // Entities come without their type's name, and a planner's alias is there only where the type fits.
    const fits = typeof typename !== 'string' || types.fits(typename, first.slice(CONDITION.length));
    return fits ? at(value, rest, rewrite, types) : value;
  }
  if (rest.length === 0) return change(value, first, rewrite);
  if (!Object.hasOwn(value, first)) return value;
  return { ...value, [first]: at(value[first], rest, rewrite, types) };
}

/** A copy of `value` with the rewrites applied; parts that no rewrite touches are shared with the original. */
export function rewritten(value: unknown, rewrites: readonly Rewrite[], types: FullTypes): unknown {
  return rewrites.reduce((result, rewrite) => at(result, rewrite.path, rewrite, types), value);
}
