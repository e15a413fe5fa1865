import { HeadgateError } from '../errors';
import { prepareContextFetch } from './context-fetch';
import { prepareEntityFetch } from './entity-fetch';
import type { FetchRequest, FetchStep } from './fetch-step';
import { type Memo, NOTHING_ASKED } from './memo';
import { rootParts } from './parts';
import type { Position } from './position';
import { type PreparedFetch, pathOf } from './prepared-fetch';
import { rewritten } from './rewrites';
import type { Run } from './run';
import { addFetchFailure, addSubgraphErrors, type Place, publicPath } from './subgraph-errors';
import type { Walk } from './targets';

function prepareRootFetch(step: FetchStep, walk: Walk, root: Position, run: Run): PreparedFetch | null {
  const places: Place[] = [];
  walk(rootParts(root, run), run, () => places.push({ step, target: run.indexes.slice() }));
  if (places.length === 0) return null;
  return {
    variables: [],
    accept(answer, into) {
      if (answer.data === null && answer.errors.length === 0)
        throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', `${step.subgraph} answered neither data nor errors`);
      const data = rewritten(answer.data ?? undefined, step.outputRewrites, step.types);
      for (const { target } of places) into.keepAnswer(step.id, target, data);
      addSubgraphErrors(
        into,
        step.subgraph,
        answer.errors,
        () => places,
        (path) => {
          const tail = publicPath(step, path);
          return places.map(({ target }) => [...pathOf(step.path, target), ...tail]);
        },
      );
    },
    fail: (error, into) => addFetchFailure(into, step.subgraph, error, places),
  };
}

/** JSON of the variables that a request declares. */
function variablesOf(request: FetchRequest, run: Run, prepared: PreparedFetch): string {
  const members = [...prepared.variables];
  for (const { name, from } of request.variables) {
    if (!Object.hasOwn(run.variables, from)) continue;
    const value = JSON.stringify(run.variables[from]);
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${value}`);
  }
  return `{${members.join(',')}}`;
}

function prepare({ content, subgraph }: FetchRequest, root: Position, run: Run): PreparedFetch | null {
  if (content.kind === 'root') return prepareRootFetch(content.step, content.walk, root, run);
  if (content.kind === 'contextual') return prepareContextFetch(content, root, run);
  return prepareEntityFetch(subgraph, content, root, run);
}

function keepAll({ content }: FetchRequest, from: Memo, run: Run): void {
  const steps = content.kind === 'entities' ? content.targets.map(({ step }) => step) : [content.step];
  for (const { id } of steps) run.answers[id] = from.answers[id];
}

/**
 * Sends one request, unless nothing is there to ask for. What goes wrong with a subgraph becomes errors of the answer.
 * @param index of the request in its program
 */
export async function runFetch(request: FetchRequest, index: number, root: Position, run: Run): Promise<void> {
  const { memo } = run;
  const known = memo !== null && run.hasSame(request.ancestors) ? memo.prepared[index] : undefined;
  const prepared = known === undefined ? prepare(request, root, run) : known;
  run.prepared[index] = prepared;
  if (prepared === null) {
    run.received[index] = NOTHING_ASKED;
    return;
  }
  const { send, operationName, operationKind } = request;
  const { operation = request.operation } = prepared;
  const variables = variablesOf(request, run, prepared);
  try {
    const answer = await send({ operation, operationName, operationKind, variables, client: run.call });
    run.received[index] = answer;
    if (memo !== null && known !== undefined && answer === memo.received[index]) keepAll(request, memo, run);
    else prepared.accept(answer, run);
  } catch (error) {
    prepared.fail(error, run);
  }
}
