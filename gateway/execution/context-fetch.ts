import { stringifyJson } from '../json/stringify';
import type { ContextOperation } from './context-operation';
import type { ReadContext } from './context-values';
import { type Batch, preparedEntities } from './entity-fetch';
import type { FetchStep } from './fetch-step';
import type { Collector, PreparedFetch } from './prepared-fetch';
import { RefusedEntities } from './refused-entities';
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

/** Collects one list of entities for each set of values, at most one an entity, for one request. */
export function contextCollector({ step, read, operation }: ContextContent): Collector {
  const groups = new Map<string, Group>();
  const refused = new RefusedEntities();
  return {
    visit(_, parts, run) {
      const context = read(run);
      // Of an entity behind an object of another type than that which has the context, another fetch takes care, with its own.
      if (operation.variables.every((name) => !context.has(name))) return;
      const representation = step.representation?.(parts, run);
      if (representation === undefined) return refused.note(step, run);
      const values = operation.variables.map((name) => context.get(name) ?? null);
      const key = `${stringifyJson(values)}`;
      const { places } = groups.get(key) ?? { places: new Map<string, Place[]>() };
      groups.set(key, { values, places });
      const place = { step, target: run.indexes.slice() };
      const same = places.get(representation);
      if (same === undefined) places.set(representation, [place]);
      else same.push(place);
    },
    finish(run) {
      refused.report(run);
      return groups.size === 0 ? null : prepared(step, operation, [...groups.values()]);
    },
  };
}

function prepared(step: FetchStep, operation: ContextOperation, groups: readonly Group[]): PreparedFetch {
  const batches = groups.map(
    ({ places }, index): Batch => ({
      list: { key: operation.keyOf(index), variable: operation.representationsOf(index), steps: [step] },
      representations: [...places.keys()],
      places: [...places.values()],
    }),
  );
  const values = groups.flatMap((group, index) =>
    operation.variables.map((name, at) => `"${operation.variableOf(name, index)}":${stringifyJson(group.values[at])}`),
  );
  const entities = preparedEntities(step.subgraph, batches);
  return {
    ...entities,
    variables: [...entities.variables, ...values],
    operation: operation.textOf(groups.length),
  };
}
