import type { GraphQLError } from 'graphql';
import { HeadgateError } from '../errors';
import type { Flight } from '../flight';
import { type Soon, settle, then } from '../layers';
import { OWN_TURN_BYTES } from '../own-turns';
import { type AnswerLimits, AnswerTooLarge, NoRoom } from './answer-size';
import { completeRoot } from './complete-root';
import type { ErrorBehavior } from './error-behavior';
import type { Introspect } from './introspection';
import { holdsText } from './json-text';
import type { LastRuns } from './last-runs';
import type { Choice, Program } from './program';
import { type ErrorMasks, Run } from './run';
import { runFetch } from './run-fetch';
import { writtenInTurns } from './write-in-turns';

/**
 * `data` is null when a non-null root field is. Values of introspection are {@link JsonText}, and those of an answer that is
 * too large to be written in one turn of the loop.
 */
export interface Executed {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}

/** Goes on when all are there; null: they are. */
function whenAll(works: readonly Soon<void>[]): Promise<unknown> | null {
  const waits = works.filter((one) => one instanceof Promise);
  if (waits.length === 0) return null;
  return waits.length === 1 ? (waits[0] ?? null) : Promise.all(waits);
}

const nothing = (): void => {};

/** Starts each request when those that it waits for are answered. */
function runRequests({ requests, root }: Program, run: Run): Promise<unknown> | null {
  const answered: Soon<void>[] = [];
  for (const [index, request] of requests.entries()) {
    const start = (): Soon<void> => {
      const isFirst = request.after.length === 0;
      // Whoever waits for it waits in vain: nothing more is asked.
      if (!isFirst && (run.flight.cancellation.reason !== null || run.tooLarge !== null || run.isHalted)) return;
      return runFetch(request, index, root, run);
    };
    const earlier = whenAll(request.after.map((one) => answered[one]));
    // A defect is found where all are waited for: whoever is under way must not fail with nobody waiting.
    answered.push(earlier === null ? settle(start, nothing, (error) => Promise.reject(error)) : earlier.then(start));
  }
  return whenAll(answered);
}

async function introspect(answer: Introspect, run: Run): Promise<void> {
  const { values, errors } = await answer(run.variables, run.flight.cancellation);
  run.introspection = values;
  for (const error of errors) run.addError(error);
}

export interface ExecuteOptions {
  readonly limits: AnswerLimits;
  /** When given, `data` may be an object that an earlier run answered: it must not be changed. */
  readonly lastRuns: LastRuns | null;
  /** Whether {@link JsonText} may stand for values of a large answer. */
  readonly takesJsonText: boolean;
  /** By the name of the subgraph; errors of others are passed on. */
  readonly errorMasks: ErrorMasks;
  /** `PROPAGATE` when absent. */
  readonly onError?: ErrorBehavior;
}

/** @throws {AnswerTooLarge} */
function completed(program: Program, { fields }: Choice, run: Run, takesJsonText: boolean): Soon<Executed['data']> {
  const { size, flight } = run;
  const completion = completeRoot(fields, program.root, run);
  const write = (data: Executed['data']): Soon<Executed['data']> => {
    size.holdKnown(size);
    return takesJsonText && data !== null ? writtenInTurns(data, size, flight.cancellation) : data;
  };
  if (completion instanceof Promise) return completion.then(write);
  // Few objects with long texts are completed at once, however long.
  if (size.bytes >= OWN_TURN_BYTES) return write(completion);
  size.holdKnown(size);
  return completion;
}

function remembers({ requests, isGeneral }: Program, { introspect }: Choice): boolean {
  return !isGeneral && introspect === null && requests.length > 0;
}

/** The answer, when every request is answered. @throws {AnswerTooLarge} */
function conclude(program: Program, choice: Choice, run: Run, options: ExecuteOptions): Soon<Executed> {
  const { errors, received, prepared, answers, lastRun, size } = run;
  const { lastRuns, takesJsonText } = options;
  if (run.tooLarge !== null) throw run.tooLarge;
  if (run.isHalted) return { data: null, errors };
  if (lastRun !== null && errors.length === 0 && run.hasSame(program.requestIndexes)) {
    size.holdKnown(lastRun.size);
    return { data: lastRun.data, errors };
  }
  return then(completed(program, choice, run, takesJsonText), (data) => {
    if (run.isHalted) return { data: null, errors };
    const isWhole = data !== null && errors.length === 0 && received.length === program.requests.length;
    if (lastRuns !== null && remembers(program, choice) && isWhole && !holdsText(data)) {
      const { objects, bytes } = size;
      lastRuns.keep(program, { received, prepared, answers, data, size: { objects, bytes } });
    }
    return { data, errors };
  });
}

/**
 * Runs a compiled operation for one request. Fails for a defect, and where nothing answers what is asked for.
 * @param variables coerced
 */
export function execute(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  flight: Flight,
  options: ExecuteOptions,
): Soon<Executed> {
  const { lastRuns, limits, errorMasks, onError = 'PROPAGATE' } = options;
  const choice = program.choose(variables);
  const lastRun = lastRuns !== null && remembers(program, choice) ? lastRuns.of(program) : null;
  const { work, halt } = onError === 'HALT' ? haltable(flight) : { work: flight, halt: nothing };
  const { listDepths } = program;
  const run = new Run(listDepths, variables, work, lastRun, choice.skipped, limits, errorMasks, onError, halt);
  return settle(
    () => {
      const begun = choice.introspect === null ? null : introspect(choice.introspect, run);
      return begun === null ? runRequests(program, run) : begun.then(() => runRequests(program, run));
    },
    () =>
      settle(
        () => conclude(program, choice, run, options),
        (executed) => executed,
        refused,
      ),
    refused,
  );
}

/** Part of a flight that an error ends: what is still asked of subgraphs is given up. */
function haltable(flight: Flight): { readonly work: Flight; readonly halt: () => void } {
  const work = flight.apart();
  const { cancellation } = flight;
  cancellation.onCancel(() => work.cancel(cancellation.reason ?? halted()));
  return { work, halt: () => work.cancel(halted()) };
}

function halted(): HeadgateError {
  return new HeadgateError('REQUEST_CANCELLED', 'an error has ended the operation');
}

function refused(error: unknown): Executed {
  if (error instanceof AnswerTooLarge || error instanceof NoRoom) return { data: null, errors: [error.graphqlError] };
  throw error;
}
