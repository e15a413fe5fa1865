import type { GraphQLError } from 'graphql';
import type { ClientCall } from '../transport/send';
import type { Program } from './compile';
import { completeRoot } from './complete-object';
import type { FetchRequest } from './fetch-step';
import type { Introspect } from './introspection';
import type { Memos } from './memo';
import { rootParts } from './parts';
import { Run } from './run';
import { runFetch } from './run-fetch';

/** `data` is null when a non-null root field is. Values of introspection are {@link JsonText}. */
export interface Executed {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}

/** Each request starts when those that it waits for are answered. */
async function runRequests({ requests, root }: Program, run: Run): Promise<void> {
  const answered: Promise<void>[] = [];
  const runAfter = async (request: FetchRequest, index: number): Promise<void> => {
    for (const earlier of request.after) await answered[earlier];
    if (run.call.cancellation.reason === null) await runFetch(request, index, root, run);
  };
  for (const [index, request] of requests.entries())
    answered.push(request.after.length === 0 ? runFetch(request, index, root, run) : runAfter(request, index));
  await Promise.all(answered);
}

async function introspect(answer: Introspect, run: Run): Promise<void> {
  const { data, errors } = await answer(run.variables, run.call.cancellation);
  run.introspection = data;
  for (const error of errors) run.addError(error);
}

/**
 * Runs a compiled operation for one request. Rejects only for a defect.
 * @param variables coerced
 * @param memos when given, `data` may be an object that an earlier run answered: it must not be changed
 */
export async function execute(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  call: ClientCall,
  memos: Memos | null,
): Promise<Executed> {
  const remembers = memos !== null && program.introspect === null && program.requests.length > 0;
  const memo = remembers ? memos.of(program) : null;
  const run = new Run(program.listDepths, variables, call, memo);
  if (program.introspect !== null) await introspect(program.introspect, run);
  await runRequests(program, run);
  const { errors, received, prepared, answers } = run;
  if (memo !== null && errors.length === 0 && run.hasSame(program.requestIndexes)) return { data: memo.data, errors };
  const data = completeRoot(program.fields, rootParts(program.root, run), run);
  if (remembers && data !== null && errors.length === 0 && received.length === program.requests.length)
    memos.keep(program, { received, prepared, answers, data });
  return { data, errors };
}
