import type { FullTypes } from '../supergraph/full-types';
import { accessTo, arrive, elementOf, hasObject, listOf, type Parts } from './parts';
import type { FlattenElement } from './paths';
import type { Position } from './position';
import type { Run } from './run';
import { typenameReader } from './typename';

/** Visits each object that a path leads to; `run.indexes` says where it is. @param target index of the path */
export type VisitTarget = (target: number, parts: Parts, run: Run) => void;

/** One walk, at once or in turns of the loop: that yields when a turn is over. */
export interface Walk {
  /** @throws TOO_MUCH_AT_ONCE, {@link AnswerTooLarge} */
  readonly atOnce: (parts: Parts, run: Run, visit: VisitTarget) => void;
  /** @throws {AnswerTooLarge} */
  readonly inTurns: (parts: Parts, run: Run, visit: VisitTarget) => Generator<void, void, void>;
}

/** Flatten paths that have their beginning in common. */
interface Branch {
  /** Indexes of the paths that end here. */
  readonly ends: number[];
  readonly next: Map<string, { readonly element: FlattenElement; readonly branch: Branch }>;
}

function branchesOf(paths: readonly (readonly FlattenElement[])[]): Branch {
  const root: Branch = { ends: [], next: new Map() };
  paths.forEach((path, target) => {
    let branch = root;
    for (const element of path) {
      const key = JSON.stringify(element);
      const known = branch.next.get(key) ?? { element, branch: { ends: [], next: new Map() } };
      branch.next.set(key, known);
      branch = known.branch;
    }
    branch.ends.push(target);
  });
  return root;
}

function typeGuard(position: Position, allowed: readonly string[] | null, types: FullTypes): (parts: Parts) => boolean {
  if (allowed === null) return () => true;
  const typenameOf = typenameReader(position, types);
  return (parts) => {
    const typename = typenameOf(parts);
    return typename !== null && allowed.some((condition) => types.fits(typename, condition));
  };
}

/** Walks exactly as many list levels as the path has: what else a subgraph answers there is refused when it is completed. */
function descend(child: Position, lists: number, next: Walk): Walk {
  if (lists === 0) {
    return {
      atOnce(values, run, visit) {
        const here = arrive(child, values, run);
        if (hasObject(child, here)) next.atOnce(here, run, visit);
      },
      *inTurns(values, run, visit) {
        const here = arrive(child, values, run);
        if (hasObject(child, here)) yield* next.inTurns(here, run, visit);
      },
    };
  }
  const below = descend(child, lists - 1, next);
  return {
    atOnce(values, run, visit) {
      const list = listOf(child, values);
      if (list === null) return;
      run.size.walk(list.length);
      const depth = run.indexes.length;
      for (let index = 0; index < list.length; index++) {
        run.indexes[depth] = index;
        below.atOnce(elementOf(child, values, index), run, visit);
      }
      run.indexes.length = depth;
    },
    *inTurns(values, run, visit) {
      const list = listOf(child, values);
      if (list === null) return;
      run.size.walk(list.length);
      const depth = run.indexes.length;
      for (let index = 0; index < list.length; index++) {
        if (run.size.turnIsOver) yield;
        run.indexes[depth] = index;
        yield* below.inTurns(elementOf(child, values, index), run, visit);
      }
      run.indexes.length = depth;
    },
  };
}

interface Step {
  readonly follows: (parts: Parts) => boolean;
  readonly read: (parts: Parts) => Parts;
  readonly walk: Walk;
}

function compileBranch(position: Position, { ends, next }: Branch, types: FullTypes): Walk {
  const steps: Step[] = [];
  for (const { element, branch } of next.values()) {
    const access = accessTo(position, element.key);
    if (access === null) continue;
    const { child, read } = access;
    const follows = typeGuard(position, element.types, types);
    steps.push({ follows, read, walk: descend(child, element.lists, compileBranch(child, branch, types)) });
  }
  return {
    atOnce(parts, run, visit) {
      for (const target of ends) visit(target, parts, run);
      for (const { follows, read, walk } of steps) if (follows(parts)) walk.atOnce(read(parts), run, visit);
    },
    *inTurns(parts, run, visit) {
      for (const target of ends) visit(target, parts, run);
      for (const { follows, read, walk } of steps) if (follows(parts)) yield* walk.inTurns(read(parts), run, visit);
    },
  };
}

/**
 * Compiles flatten paths to one walk over what they lead to; what they have in common is walked once. Lists of lists and
 * nulls inside lists are walked, keys of other types are left out.
 */
export function compileTargets(root: Position, paths: readonly (readonly FlattenElement[])[], types: FullTypes): Walk {
  return compileBranch(root, branchesOf(paths), types);
}
