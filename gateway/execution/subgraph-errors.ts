import { GraphQLError } from 'graphql';
import { isHeadgateError } from '../errors';
import { announce } from '../events';
import type { SubgraphError } from '../transport/send';
import type { FetchStep } from './fetch-step';
import type { Path } from './paths';
import type { Target } from './prepared-fetch';
import type { Run } from './run';

/** Extensions that tell about a subgraph's inside. */
const PRIVATE_EXTENSIONS: ReadonlySet<string> = new Set(['stacktrace', 'exception']);

function publicExtensions(extensions: SubgraphError['extensions'], subgraph: string): Record<string, unknown> {
  const kept = Object.entries(extensions ?? {}).filter(([key]) => !PRIVATE_EXTENSIONS.has(key));
  return { code: 'DOWNSTREAM_SERVICE_ERROR', ...Object.fromEntries(kept), serviceName: subgraph };
}

/** An error that a subgraph answered, once for each place in the client's answer that it is about. */
export function addSubgraphError(run: Run, step: FetchStep, error: SubgraphError, paths: readonly Path[]): void {
  const extensions = publicExtensions(error.extensions, step.subgraph);
  if (error.path === undefined) {
    const path = commonPath(paths);
    const where = path.length === 0 ? {} : { path };
    run.addError(new GraphQLError(error.message, { extensions, ...where }), coveredPaths(step, paths));
    return;
  }
  for (const path of paths) run.addError(new GraphQLError(error.message, { extensions, path }));
}

/** The longest path that leads to all of them. */
function commonPath(paths: readonly Path[]): Path {
  const [first = [], ...others] = paths;
  let length = first.length;
  for (const path of others) {
    let same = 0;
    while (same < length && path[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}

/** A fetch at the root of the operation explains the nulls of its root fields only. */
function coveredPaths(step: FetchStep, paths: readonly Path[]): readonly Path[] {
  if (step.representation !== null) return paths;
  return paths.flatMap((path) => step.rootKeys.map((key) => [...path, key]));
}

/** A fetch that failed as a whole: the answer names the subgraph and a code, never an address or a body. */
export function addFetchFailure(run: Run, step: FetchStep, error: unknown, targets: readonly Target[]): void {
  if (!isHeadgateError(error)) announce('internal.error', { where: `fetch from ${step.subgraph}`, error });
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  const message = isHeadgateError(error) ? error.message : `the fetch from subgraph ${step.subgraph} failed`;
  const status = isHeadgateError(error) ? error.details?.status : undefined;
  const extensions = {
    code,
    serviceName: step.subgraph,
    ...(typeof status === 'number' ? { http: { status } } : {}),
  };
  const covered = coveredPaths(
    step,
    targets.map((target) => target.path),
  );
  const path = commonPath(covered);
  run.addError(new GraphQLError(message, { extensions, ...(path.length === 0 ? {} : { path }) }), covered);
}
