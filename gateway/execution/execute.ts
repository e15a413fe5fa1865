import type { GraphQLError } from 'graphql';
import type { ClientCall } from '../transport/send';
import type { Program } from './compile';
import { completeFields } from './complete-object';
import { rootParts } from './parts';
import type { Step } from './program';
import { Run } from './run';
import { runFetch } from './run-fetch';

/** `data` is null when a non-null root field is. */
export interface Executed {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}

async function runStep(step: Step, run: Run): Promise<void> {
  if (step.kind === 'fetch') return await runFetch(step.fetch, run);
  if (step.kind === 'parallel') {
    await Promise.all(step.steps.map((one) => runStep(one, run)));
    return;
  }
  for (const one of step.steps) {
    if (run.call.signal.aborted) return;
    await runStep(one, run);
  }
}

/** Runs a compiled operation for one request. Rejects only for a defect. @param variables coerced */
export async function execute(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  call: ClientCall,
): Promise<Executed> {
  const run = new Run(program.listDepths, variables, call);
  if (program.introspect !== null) {
    const { data, errors = [] } = program.introspect(variables);
    run.introspection = data ?? null;
    for (const error of errors) run.addError(error);
  }
  if (program.step !== null) await runStep(program.step, run);
  const data = completeFields(program.fields, rootParts(program.root, run), run);
  return { data: (data ?? null) as Record<string, unknown> | null, errors: run.errors }; // as: completeFields makes objects
}
