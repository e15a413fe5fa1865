import type { GraphQLError } from 'graphql';
import type { ClientCall } from '../transport/send';
import { type AnswerLimits, AnswerTooLarge, NoRoom } from './answer-size';
import { completeRoot } from './complete-root';
import type { Introspect } from './introspection';
import { holdsText } from './json-text';
import type { Memos } from './memo';
import type { Choice, Program } from './program';
import type { FetchRequest } from './request-content';
import { Run } from './run';
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

/** Each request starts when those that it waits for are answered. */
async function runRequests({ requests, root }: Program, run: Run): Promise<void> {
  const answered: Promise<void>[] = [];
  const runAfter = async (request: FetchRequest, index: number): Promise<void> => {
    for (const earlier of request.after) await answered[earlier];
    if (run.call.cancellation.reason === null && run.tooLarge === null) await runFetch(request, index, root, run);
  };
  for (const [index, request] of requests.entries())
    answered.push(request.after.length === 0 ? runFetch(request, index, root, run) : runAfter(request, index));
  await Promise.all(answered);
}

async function introspect(answer: Introspect, run: Run): Promise<void> {
  const { values, errors } = await answer(run.variables, run.call.cancellation);
  run.introspection = values;
  for (const error of errors) run.addError(error);
}

export interface ExecuteOptions {
  readonly limits: AnswerLimits;
  /** When given, `data` may be an object that an earlier run answered: it must not be changed. */
  readonly memos: Memos | null;
  /** Whether {@link JsonText} may stand for values of a large answer. */
  readonly takesJsonText: boolean;
}

/** @throws {AnswerTooLarge} */
async function completed(
  program: Program,
  { fields }: Choice,
  run: Run,
  takesJsonText: boolean,
): Promise<Executed['data']> {
  const { size, call } = run;
  const completion = completeRoot(fields, program.root, run);
  const isLarge = completion instanceof Promise;
  const data = isLarge ? await completion : completion;
  size.holdKnown(size);
  return isLarge && takesJsonText && data !== null ? await writtenInTurns(data, size, call.cancellation) : data;
}

/** @throws {AnswerTooLarge} */
async function run(
  program: Program,
  choice: Choice,
  one: Run,
  { memos, takesJsonText }: ExecuteOptions,
): Promise<Executed> {
  if (choice.introspect !== null) await introspect(choice.introspect, one);
  await runRequests(program, one);
  const { errors, received, prepared, answers, memo, size } = one;
  if (one.tooLarge !== null) throw one.tooLarge;
  if (memo !== null && errors.length === 0 && one.hasSame(program.requestIndexes)) {
    size.holdKnown(memo.size);
    return { data: memo.data, errors };
  }
  const data = await completed(program, choice, one, takesJsonText);
  const isWhole = data !== null && errors.length === 0 && received.length === program.requests.length;
  if (memos !== null && remembers(program, choice) && isWhole && !holdsText(data))
    memos.keep(program, { received, prepared, answers, data, size: { objects: size.objects, bytes: size.bytes } });
  return { data, errors };
}

function remembers({ requests, isGeneral }: Program, { introspect }: Choice): boolean {
  return !isGeneral && introspect === null && requests.length > 0;
}

/**
 * Runs a compiled operation for one request. Rejects for a defect, and where nothing answers what is asked for.
 * @param variables coerced
 */
export async function execute(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  call: ClientCall,
  options: ExecuteOptions,
): Promise<Executed> {
  const { memos, limits } = options;
  const choice = program.choose(variables);
  const memo = memos !== null && remembers(program, choice) ? memos.of(program) : null;
  const one = new Run(program.listDepths, variables, call, memo, choice.skipped, limits);
  try {
    return await run(program, choice, one, options);
  } catch (error) {
    if (error instanceof AnswerTooLarge || error instanceof NoRoom) return { data: null, errors: [error.graphqlError] };
    throw error;
  }
}
