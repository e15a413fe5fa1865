import { HeadgateError } from '../errors';
import { prepareEntityFetch } from './entity-fetch';
import type { FetchStep } from './fetch-step';
import { rootParts } from './parts';
import { type PreparedFetch, type Target, targetAt } from './prepared-fetch';
import { rewritten } from './rewrites';
import type { Run } from './run';
import { addFetchFailure, addSubgraphErrors, publicPath } from './subgraph-errors';

function prepareRootFetch(step: FetchStep, run: Run): PreparedFetch | null {
  const targets: Target[] = [];
  step.walk(rootParts(step.root, run), run, () => targets.push(targetAt(run)));
  if (targets.length === 0) return null;
  return {
    variables: {},
    targets,
    accept(answer) {
      if (answer.data === null && answer.errors.length === 0)
        throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', `${step.subgraph} answered neither data nor errors`);
      const data = rewritten(answer.data ?? undefined, step.outputRewrites, step.types);
      for (const { indexes } of targets) run.keepAnswer(step.id, indexes, data);
      addSubgraphErrors(run, step, answer.errors, targets, (path) => {
        const tail = publicPath(step, path);
        return targets.map((target) => [...target.path, ...tail]);
      });
    },
  };
}

function variablesOf(step: FetchStep, run: Run): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const { name, from } of step.variables) {
    if (Object.hasOwn(run.variables, from)) variables[name] = run.variables[from];
  }
  return variables;
}

/** Sends one fetch, unless nothing is there to ask for. What goes wrong with a subgraph becomes errors of the answer. */
export async function runFetch(step: FetchStep, run: Run): Promise<void> {
  const prepared =
    step.representation === null ? prepareRootFetch(step, run) : prepareEntityFetch(step, step.representation, run);
  if (prepared === null) return;
  const { operation, operationName, operationKind } = step;
  const variables = { ...variablesOf(step, run), ...prepared.variables };
  try {
    prepared.accept(await step.send({ operation, operationName, operationKind, variables, client: run.call }));
  } catch (error) {
    addFetchFailure(run, step, error, prepared.targets);
  }
}
