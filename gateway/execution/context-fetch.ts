import { stringifyJson } from '../json/stringify';
import type { Collector } from './collector';
import type { CompiledFetch } from './compiled-fetch';
import type { ContextOperation } from './context-operation';
import { type Batch, preparedEntities } from './entity-fetch';
import type { PreparedFetch } from './prepared-fetch';
import { RefusedEntities } from './refused-entities';
import type { ContextContent } from './request-content';
import type { Place } from './subgraph-errors';

/** Entities that see the same values. */
interface Group {
  readonly values: readonly unknown[];
  /** By representation. */
  readonly places: Map<string, Place[]>;
}

function add(places: Map<string, Place[]>, representation: string, added: readonly Place[]): void {
  const same = places.get(representation);
  if (same === undefined) places.set(representation, [...added]);
  else same.push(...added);
}

/**
 * Collects one list of entities for each set of values, at most one an entity, for one request. Entities that are asked for
 * nothing with a contextual argument are in any of them.
 */
export function contextCollector({ step, read, isContextual, operation }: ContextContent): Collector {
  const groups = new Map<string, Group>();
  const plain: Group = { values: [], places: new Map() };
  const refused = new RefusedEntities();
  return {
    visit(_, parts, run) {
      const context = isContextual(parts) ? read(run) : null;
      // Of an entity behind an object of another type than that which has the context, another fetch takes care, with its own.
      if (context !== null && operation.variables.every((name) => !context.has(name))) return;
      const representation = step.representation?.(parts, run);
      if (representation === undefined) return refused.note(step, run);
      const place = { step, target: run.indexes.slice() };
      if (context === null) return add(plain.places, representation, [place]);
      const values = operation.variables.map((name) => context.get(name) ?? null);
      const key = `${stringifyJson(values)}`;
      const group = groups.get(key) ?? { values, places: new Map() };
      groups.set(key, group);
      add(group.places, representation, [place]);
    },
    finish(run) {
      refused.report(run);
      const [first, ...others] = groups.values();
      if (first !== undefined) {
        for (const [representation, places] of plain.places) add(first.places, representation, places);
        return prepared(step, operation, [first, ...others]);
      }
      if (plain.places.size === 0) return null;
      return { ...prepared(step, { ...operation, variables: [] }, [plain]), operation: operation.plain };
    },
  };
}

function prepared(step: CompiledFetch, operation: ContextOperation, groups: readonly Group[]): PreparedFetch {
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
  return {
    ...preparedEntities(step.subgraph, batches),
    variables: values,
    operation: operation.ofLists(groups.length),
  };
}
