import type { PrivateNames } from '../planning/private-names';
import type { FullTypes } from '../supergraph/full-types';
import { accessTo, arrive, elementOf, hasObject, listOf, type Parts } from './parts';
import type { FlattenElement } from './paths';
import type { Position } from './position';
import type { Run } from './run';
import { typenameReader } from './typename';

/** Called for each object that a flatten path leads to; `run.indexes` and `run.path` say where it is. */
export type VisitTarget = (parts: Parts, run: Run) => void;
export type Walk = (parts: Parts, run: Run, visit: VisitTarget) => void;

function typeGuard(position: Position, allowed: readonly string[] | null, types: FullTypes): (parts: Parts) => boolean {
  if (allowed === null) return () => true;
  const typenameOf = typenameReader(position, types);
  return (parts) => {
    const typename = typenameOf(parts);
    return typename !== null && allowed.some((condition) => types.fits(typename, condition));
  };
}

/** Compiles a flatten path: lists of lists, nulls inside lists and single objects in a list's place are all walked. */
export function compileTargets(
  position: Position,
  path: readonly FlattenElement[],
  types: FullTypes,
  names: PrivateNames,
): Walk {
  const [element, ...rest] = path;
  if (element === undefined) return (parts, run, visit) => visit(parts, run);
  const access = accessTo(position, element.key);
  if (access === null) return () => {};
  const { child, read } = access;
  const follows = typeGuard(position, element.types, types);
  const next = compileTargets(child, rest, types, names);
  const key = names.publicName(element.key);

  const descend: Walk = (values, run, visit) => {
    const list = listOf(child, values);
    if (list === null) {
      const here = arrive(child, values, run);
      if (hasObject(child, here)) next(here, run, visit);
      return;
    }
    const depth = run.indexes.length;
    for (let index = 0; index < list.length; index++) {
      run.indexes[depth] = index;
      run.path.push(index);
      descend(elementOf(child, values, index), run, visit);
      run.path.pop();
    }
    run.indexes.length = depth;
  };
  return (parts, run, visit) => {
    if (!follows(parts)) return;
    run.path.push(key);
    descend(read(parts), run, visit);
    run.path.pop();
  };
}
