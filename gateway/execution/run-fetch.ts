import { HeadgateError } from '../errors';
import { stringifyJson } from '../json/stringify';
import { type Soon, settle, then } from '../layers';
import { pieceTurn } from '../own-turns';
import { FetchRequest, NO_REPRESENTATIONS, NO_VARIABLES } from '../transport/fetch-request';
import { AnswerTooLarge, NoRoom, TOO_MUCH_AT_ONCE } from './answer-size';
import type { Collector } from './collector';
import type { CompiledFetch } from './compiled-fetch';
import { contextCollector } from './context-fetch';
import { entityCollector } from './entity-fetch';
import { type LastRun, NOTHING_ASKED } from './last-runs';
import { rootParts } from './parts';
import type { Position } from './position';
import { type PreparedFetch, pathOf } from './prepared-fetch';
import type { CompiledRequest } from './request-content';
import { rewritten } from './rewrites';
import type { Run } from './run';
import { addFetchFailure, addSubgraphErrors, type Place, publicPath } from './subgraph-errors';

function rootCollector(step: CompiledFetch): Collector {
  const places: Place[] = [];
  return {
    visit: (_target, _parts, run) => places.push({ step, target: run.indexes.slice() }),
    finish: () => (places.length === 0 ? null : preparedRootFetch(step, places)),
  };
}

function preparedRootFetch(step: CompiledFetch, places: readonly Place[]): PreparedFetch {
  return {
    lists: NO_REPRESENTATIONS,
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

/** JSON of the variables that a request declares, without its lists of representations. */
function variablesOf(request: CompiledRequest, run: Run, prepared: PreparedFetch): string {
  if (request.variables.length + prepared.variables.length === 0) return NO_VARIABLES;
  const members = [...prepared.variables];
  for (const { name, from } of request.variables) {
    if (!Object.hasOwn(run.variables, from)) continue;
    const value = stringifyJson(run.variables[from]);
    if (value !== undefined) members.push(`${JSON.stringify(name)}:${value}`);
  }
  return `{${members.join(',')}}`;
}

function stepsOf(content: CompiledRequest['content']): readonly CompiledFetch[] {
  return content.kind === 'entities' ? content.targets.map(({ step }) => step) : [content.step];
}

function collectorOf({ content, subgraph }: CompiledRequest): Collector {
  if (content.kind === 'root') return rootCollector(content.step);
  if (content.kind === 'contextual') return contextCollector(content);
  return entityCollector(subgraph, content);
}

/** Walks in turns. Meanwhile, others walk in the same run. */
async function prepareInTurns(request: CompiledRequest, root: Position, run: Run): Promise<PreparedFetch | null> {
  const { visit, finish } = collectorOf(request);
  run.indexes.length = 0;
  run.size.beginWalk(false);
  const work = request.content.walk.inTurns(rootParts(root, run), run, visit);
  while (work.next().done !== true) {
    const indexes = run.indexes.slice();
    const { walked } = run.size;
    await pieceTurn();
    if (run.flight.cancellation.reason !== null) return null;
    run.indexes.splice(0, run.indexes.length, ...indexes);
    run.size.beginWalk(false, walked);
  }
  return finish(run);
}

function prepare(
  request: CompiledRequest,
  root: Position,
  run: Run,
): PreparedFetch | null | Promise<PreparedFetch | null> {
  if (run.skipped !== null && stepsOf(request.content).every((step) => run.skips(step))) return null;
  const { visit, finish } = collectorOf(request);
  run.indexes.length = 0;
  run.size.beginWalk(true);
  try {
    request.content.walk.atOnce(rootParts(root, run), run, visit);
    return finish(run);
  } catch (error) {
    if (error !== TOO_MUCH_AT_ONCE) throw error;
    return prepareInTurns(request, root, run);
  }
}

function keepAll({ content }: CompiledRequest, from: LastRun, run: Run): void {
  for (const { id } of stepsOf(content)) run.answers[id] = from.answers[id];
}

/** Null, and nothing more is asked, when so many are to be asked for that the answer would be too large. */
function prepareWithin(request: CompiledRequest, root: Position, run: Run): ReturnType<typeof prepare> {
  const giveUp = (error: unknown): null => {
    if (!(error instanceof AnswerTooLarge || error instanceof NoRoom)) throw error;
    run.tooLarge = error;
    return null;
  };
  try {
    const prepared = prepare(request, root, run);
    return prepared instanceof Promise ? prepared.catch(giveUp) : prepared;
  } catch (error) {
    return giveUp(error);
  }
}

function send(
  request: CompiledRequest,
  index: number,
  run: Run,
  prepared: PreparedFetch,
  isKnown: boolean,
): Soon<void> {
  const { operation = request.operation, lists } = prepared;
  const { lastRun, flight } = run;
  const asked = new FetchRequest(operation, lists, variablesOf(request, run, prepared));
  const fail = (error: unknown) => {
    run.request = asked;
    run.content = run.received[index] ?? null;
    prepared.fail(error, run);
  };
  return settle(
    () => request.fetch(asked, flight),
    ({ content }) => {
      run.received[index] = content;
      run.request = asked;
      run.content = content;
      try {
        if (lastRun !== null && isKnown && content === lastRun.received[index]) keepAll(request, lastRun, run);
        else prepared.accept(content, run);
      } catch (error) {
        fail(error);
      }
    },
    fail,
  );
}

/**
 * Sends one request, unless nothing is there to ask for. What goes wrong with a subgraph becomes errors of the answer.
 * @param index of the request in its program
 */
export function runFetch(request: CompiledRequest, index: number, root: Position, run: Run): Soon<void> {
  const { lastRun } = run;
  const known = lastRun !== null && run.hasSame(request.ancestors) ? lastRun.prepared[index] : undefined;
  return then(known === undefined ? prepareWithin(request, root, run) : known, (prepared) => {
    run.prepared[index] = prepared;
    if (prepared !== null) return send(request, index, run, prepared, known !== undefined);
    run.received[index] = NOTHING_ASKED;
  });
}
