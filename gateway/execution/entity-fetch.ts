import { GraphQLError } from 'graphql';
import { HeadgateError } from '../errors';
import type { SubgraphAnswer } from '../transport/send';
import type { FetchStep } from './fetch-step';
import { isJsonObject, rootParts } from './parts';
import { type PreparedFetch, type Target, targetAt } from './prepared-fetch';
import type { BuildRepresentation } from './representation';
import { rewritten } from './rewrites';
import type { Run } from './run';
import { addSubgraphErrors, type Locate, publicPath } from './subgraph-errors';

interface Batch {
  readonly representations: Record<string, unknown>[];
  /** For each representation, every place that it stands for. */
  readonly targets: Target[][];
}

/** Equal for equal representations, whatever the order of their keys. */
function identity(representation: Record<string, unknown>): string {
  return JSON.stringify(representation, (_key, value: unknown) =>
    isJsonObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}

function collect(step: FetchStep, build: BuildRepresentation, run: Run): Batch {
  const batch: Batch = { representations: [], targets: [] };
  const seen = new Map<string, Target[]>();
  step.walk(rootParts(step.root, run), run, (parts) => {
    const representation = build(parts, run);
    if (representation === undefined) return;
    const key = identity(representation);
    let targets = seen.get(key);
    if (targets === undefined) {
      targets = [];
      seen.set(key, targets);
      batch.representations.push(representation);
      batch.targets.push(targets);
    }
    targets.push(targetAt(run));
  });
  return batch;
}

/** @throws {HeadgateError} when the list does not have one entry for each representation: never guess which is which */
function entitiesOf({ subgraph }: FetchStep, answer: SubgraphAnswer, expected: number): readonly unknown[] {
  const entities = answer.data?._entities ?? null;
  if (entities === null && answer.errors.length > 0) return [];
  if (Array.isArray(entities) && entities.length === expected) return entities;
  const got = Array.isArray(entities) ? `a list of ${entities.length}` : 'no list';
  const message = `${subgraph} answered ${got} as _entities where ${expected} were asked for`;
  throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', message);
}

/** `_entities, i, …tail` as the places of representation i. */
function locator(step: FetchStep, targets: readonly Target[][]): Locate {
  return ([root, index, ...rest]) => {
    const named = root === '_entities' && typeof index === 'number' ? targets[index] : undefined;
    if (named === undefined) return null;
    const tail = publicPath(step, rest);
    return named.map(({ path }) => [...path, ...tail]);
  };
}

/** An entity that is no object: an error at each of its places. */
function refuseEntity(run: Run, step: FetchStep, targets: readonly Target[]): void {
  const message = `${step.subgraph} answered an entity that is not an object`;
  const extensions = { code: 'SUBGRAPH_RESPONSE_INVALID', serviceName: step.subgraph };
  for (const { path } of targets) run.addError(new GraphQLError(message, { extensions, path }));
}

/** Null when no entity can be asked for. */
export function prepareEntityFetch(step: FetchStep, build: BuildRepresentation, run: Run): PreparedFetch | null {
  const { representations, targets } = collect(step, build, run);
  if (representations.length === 0) return null;
  const all = targets.flat();
  return {
    variables: { representations },
    targets: all,
    accept(answer) {
      const entities = entitiesOf(step, answer, representations.length);
      addSubgraphErrors(run, step, answer.errors, all, locator(step, targets));
      entities.forEach((entity, index) => {
        const places = targets[index] ?? [];
        if (isJsonObject(entity)) {
          const data = rewritten(entity, step.outputRewrites, step.types);
          for (const { indexes } of places) run.keepAnswer(step.id, indexes, data);
        } else if (entity !== null) refuseEntity(run, step, places);
      });
    },
  };
}
