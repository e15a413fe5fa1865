import type { ContextOperation } from './context-operation';
import type { ReadContext } from './context-values';
import { type Batch, preparedEntities } from './entity-fetch';
import type { FetchStep } from './fetch-step';
import { rootParts } from './parts';
import type { Position } from './position';
import type { PreparedFetch } from './prepared-fetch';
import type { Run } from './run';
import type { Place } from './subgraph-errors';
import type { Walk } from './targets';

/** A fetch of entities whose fields have arguments by `@fromContext`. */
export interface ContextContent {
  readonly kind: 'contextual';
  readonly step: FetchStep;
  readonly walk: Walk;
  readonly read: ReadContext;
  readonly operation: ContextOperation;
}

/** Entities that see the same values. */
interface Group {
  readonly values: readonly unknown[];
  /** By representation. */
  readonly places: Map<string, Place[]>;
}

function collect({ step, walk, read, operation }: ContextContent, root: Position, run: Run): Group[] {
  const groups = new Map<string, Group>();
  walk(rootParts(root, run), run, (_, parts) => {
    const representation = step.representation?.(parts, run);
    if (representation === undefined) return;
    const context = read(run);
    const values = operation.variables.map((name) => context.get(name) ?? null);
    const key = JSON.stringify(values);
    const { places } = groups.get(key) ?? { places: new Map<string, Place[]>() };
    groups.set(key, { values, places });
    const place = { step, target: run.indexes.slice() };
    const same = places.get(representation);
    if (same === undefined) places.set(representation, [place]);
    else same.push(place);
  });
  return [...groups.values()];
}

/**
 * One request with one list of entities for each set of values, at most one an entity. Null when no entity can be asked
 * for.
 */
export function prepareContextFetch(content: ContextContent, root: Position, run: Run): PreparedFetch | null {
  const { step, operation } = content;
  const groups = collect(content, root, run);
  if (groups.length === 0) return null;
  const batches = groups.map(
    ({ places }, index): Batch => ({
      list: { key: operation.keyOf(index), variable: operation.representationsOf(index), steps: [step] },
      representations: [...places.keys()],
      places: [...places.values()],
    }),
  );
  const values = groups.flatMap((group, index) =>
    operation.variables.map((name, at) => `"${operation.variableOf(name, index)}":${JSON.stringify(group.values[at])}`),
  );
  const prepared = preparedEntities(step.subgraph, batches);
  return {
    ...prepared,
    variables: [...prepared.variables, ...values],
    operation: operation.textOf(groups.length),
  };
}
