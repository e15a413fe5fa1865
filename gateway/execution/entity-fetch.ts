import { HeadgateError } from '../errors';
import type { FetchContent } from '../transport/fetch-answer';
import type { Collector } from './collector';
import { isJsonObject } from './parts';
import { type AnswerSink, type PreparedFetch, pathOf } from './prepared-fetch';
import { RefusedEntities } from './refused-entities';
import type { EntityContent, EntityList } from './request-content';
import { rewritten } from './rewrites';
import { addFetchFailure, addMisfits, addSubgraphErrors, type Locate, type Place, publicPath } from './subgraph-errors';

/** A list of representations, each once, and every place that each of them stands for. */
export interface Batch {
  readonly list: EntityList;
  readonly representations: readonly string[];
  readonly places: readonly (readonly Place[])[];
}

/** Collects what an entity request asks for, each representation once. */
export function entityCollector(subgraph: string, { lists, targets }: EntityContent): Collector {
  const places = lists.map(() => new Map<string, Place[]>());
  const refused = new RefusedEntities();
  return {
    visit(index, parts, run) {
      const target = targets[index];
      if (target === undefined || run.skips(target.step)) return;
      const representation = target.step.representation?.(parts, run);
      if (representation === undefined) return refused.note(target.step, run);
      const place = { step: target.step, target: run.indexes.slice() };
      const byText = places[target.list];
      const same = byText?.get(representation);
      if (same === undefined) byText?.set(representation, [place]);
      else same.push(place);
    },
    finish(run) {
      refused.report(run);
      if (places.every((byText) => byText.size === 0)) return null;
      const batches = lists.map((list, index) => {
        const byText = places[index] ?? new Map<string, Place[]>();
        return { list, representations: [...byText.keys()], places: [...byText.values()] };
      });
      return preparedEntities(subgraph, batches);
    },
  };
}

/** @throws {HeadgateError} when the list does not have one entry for each representation: never guess which is which */
function entitiesOf({ list, representations }: Batch, answer: FetchContent, subgraph: string): readonly unknown[] {
  const entities = answer.data?.[list.key] ?? null;
  if (entities === null && answer.errors.length > 0) return [];
  if (Array.isArray(entities) && entities.length === representations.length) return entities;
  const got = Array.isArray(entities) ? `a list of ${entities.length}` : 'no list';
  const message = `${subgraph} answered ${got} as _entities where ${representations.length} were asked for`;
  throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', message);
}

/** `_entities, i, …tail` as the places of representation i of that list. */
function locator(batches: readonly Batch[]): Locate {
  return ([root, index, ...rest]) => {
    const batch = batches.find(({ list }) => list.key === root);
    const named = typeof index === 'number' ? batch?.places[index] : undefined;
    if (named === undefined) return null;
    return named.map(({ step, target }) => [...pathOf(step.path, target), ...publicPath(step, rest)]);
  };
}

const NONE: ReadonlySet<unknown> = new Set();

/** Indexes of the entities with an error below them. */
function failedEntities({ list }: Batch, { errors }: FetchContent): ReadonlySet<unknown> {
  if (errors.length === 0) return NONE;
  const below = errors.filter(({ path = [] }) => path.length > 2 && path[0] === list.key);
  return new Set(below.map(({ path }) => path?.[1]));
}

/**
 * @param hasFailed a null is kept for an object that is there and has a non-null field that failed
 * @returns false when the entity is no object
 */
function keepEntity(into: AnswerSink, entity: unknown, places: readonly Place[], hasFailed: boolean): boolean {
  if (entity === null) {
    if (hasFailed) for (const { step, target } of places) into.keepAnswer(step.id, target, null);
    return true;
  }
  if (!isJsonObject(entity)) return false;
  for (const { step, target } of places) {
    // Rewrites are a part of what makes fetches share a list, and most have none.
    const data = step.outputRewrites.length === 0 ? entity : rewritten(entity, step.outputRewrites, step.types);
    into.keepAnswer(step.id, target, data);
  }
  return true;
}

/** @param batches at least one of them with a representation */
export function preparedEntities(subgraph: string, batches: readonly Batch[]): PreparedFetch {
  const allPlaces = () => batches.flatMap(({ places }) => places.flat());

  function acceptBatch(batch: Batch, answer: FetchContent, into: AnswerSink): void {
    try {
      const failed = failedEntities(batch, answer);
      const misfits: Place[] = [];
      entitiesOf(batch, answer, subgraph).forEach((entity, index) => {
        const places = batch.places[index] ?? [];
        if (!keepEntity(into, entity, places, failed.has(index))) misfits.push(...places);
      });
      addMisfits(into, subgraph, misfits);
    } catch (error) {
      addFetchFailure(into, subgraph, error, batch.places.flat());
    }
  }

  return {
    lists: batches.map(({ list: { variable }, representations }) => ({ variable, entities: representations })),
    variables: [],
    accept(answer, into) {
      addSubgraphErrors(into, subgraph, answer.errors, allPlaces, locator(batches));
      for (const batch of batches) acceptBatch(batch, answer, into);
    },
    fail(error, into) {
      for (const { places } of batches) if (places.length > 0) addFetchFailure(into, subgraph, error, places.flat());
    },
  };
}
