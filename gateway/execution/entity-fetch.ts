import { HeadgateError } from '../errors';
import type { SubgraphAnswer, SubgraphError } from '../transport/send';
import type { FetchStep } from './fetch-step';
import { isJsonObject, rootParts } from './parts';
import type { Path } from './paths';
import { type PreparedFetch, type Target, targetAt } from './prepared-fetch';
import type { BuildRepresentation } from './representation';
import { rewritten } from './rewrites';
import type { Run } from './run';
import { addSubgraphError } from './subgraph-errors';

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
function entitiesOf(answer: SubgraphAnswer, expected: number): readonly unknown[] {
  const entities = answer.data?._entities ?? null;
  if (entities === null && answer.errors.length > 0) return [];
  if (Array.isArray(entities) && entities.length === expected) return entities;
  const got = Array.isArray(entities) ? `a list of ${entities.length}` : 'no list';
  throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', `answered ${got} as _entities where ${expected} were asked for`);
}

/** `_entities, i, …tail` as the places of representation i; every place when the error names no entity. */
function pathsOf(error: SubgraphError, targets: readonly Target[][]): Path[] {
  const [root, index, ...tail] = error.path ?? [];
  const named = root === '_entities' && typeof index === 'number' ? targets[index] : undefined;
  if (named !== undefined) return named.map(({ path }) => [...path, ...tail]);
  return targets.flat().map(({ path }) => path);
}

/** Null when no entity can be asked for. */
export function prepareEntityFetch(step: FetchStep, build: BuildRepresentation, run: Run): PreparedFetch | null {
  const { representations, targets } = collect(step, build, run);
  if (representations.length === 0) return null;
  return {
    variables: { representations },
    targets: targets.flat(),
    accept(answer) {
      const entities = entitiesOf(answer, representations.length);
      for (const error of answer.errors) addSubgraphError(run, step, error, pathsOf(error, targets));
      entities.forEach((entity, index) => {
        if (entity === null) return;
        const data = rewritten(entity, step.outputRewrites, step.types);
        for (const { indexes } of targets[index] ?? []) run.keepAnswer(step.id, indexes, data);
      });
    },
  };
}
