import { isJsonArray, isJsonObject, type Json } from '../json';
import { type MappingOptions, runner } from './mapping';
import { parseMapping } from './parse';
import { MappingLimitError, type Variables } from './scope';
import { summaryOf } from './summary';
import type { WatchedStep } from './watch';

/** One step of a mapping, as somebody reads it who looks for what went wrong. */
interface TraceStep {
  /** `$args`, `.name`, `->first`, `{ … }`, `...`. */
  readonly step: string;
  /** Names of the output that it works for, such as `user.address`; empty at the top. */
  readonly field: string;
  /** Where it stands in the mapping, counted from 1. */
  readonly line: number;
  readonly column: number;
  /** What came in and what came out, in short; null: nothing came. */
  readonly input: string | null;
  readonly output: string | null;
  /** Why nothing came out; null when something did. */
  readonly problem: string | null;
}

/** How a mapping came to its value. */
export interface MappingTrace {
  /** Undefined: absent. */
  readonly value: Json | undefined;
  /** The inner before the outer; of a list each element its own. */
  readonly steps: readonly TraceStep[];
  /** Steps that are left out because there are too many. */
  readonly leftOut: number;
  /** The steps that gave nothing, those that are left out as well; equal ones once. */
  readonly problems: readonly TraceStep[];
  /** Why the mapping stopped before its end; null when it did not. */
  readonly stopped: string | null;
}

/** Steps that a trace shows. */
const STEPS_MAX = 1_000;
const PROBLEMS_MAX = 100;

/**
 * Runs a mapping and tells of each step. Mappings that are run otherwise have nothing of it.
 * @throws {MappingSyntaxError}
 */
export function traceMapping(
  text: string,
  options: MappingOptions,
  data: Json | undefined,
  variables: Variables,
): MappingTrace {
  const steps: TraceStep[] = [];
  const problems = new Map<string, TraceStep>();
  let leftOut = 0;
  const run = runner(parseMapping(text, options.version), options, (seen) => {
    const problem = problemOf(seen);
    if (steps.length >= STEPS_MAX) leftOut += 1;
    if (steps.length >= STEPS_MAX && problem === null) return;
    const step = traceStep(seen, text, problem);
    if (steps.length < STEPS_MAX) steps.push(step);
    if (problem !== null && problems.size < PROBLEMS_MAX) problems.set(`${seen.offset} ${problem}`, step);
  });
  try {
    const value = run(data, variables);
    return { value, steps, leftOut, problems: [...problems.values()], stopped: null };
  } catch (error) {
    if (!(error instanceof MappingLimitError)) throw error;
    return { value: undefined, steps, leftOut, problems: [...problems.values()], stopped: error.message };
  }
}

function traceStep({ text: step, offset, field, input, output }: WatchedStep, text: string, problem: string | null) {
  const before = text.slice(0, offset).split('\n');
  return {
    step,
    field,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    input: input === undefined ? null : summaryOf(input),
    output: output === undefined ? null : summaryOf(output),
    problem,
  };
}

function problemOf({ text, input, output }: WatchedStep): string | null {
  if (text === '...') return spreadProblem(output);
  if (output !== undefined) return null;
  if (input === undefined) return `there is no \`${text}\``;
  if (text.startsWith('->')) return `\`${text}\` gives nothing for ${summaryOf(input)}`;
  const name = text.slice(1);
  if (!isJsonObject(input)) return `there is no \`${name}\` in ${summaryOf(input)}`;
  const names = Object.keys(input).slice(0, 20).join(', ');
  return `there is no \`${name}\` in the object; it has ${names === '' ? 'nothing' : names}`;
}

function spreadProblem(output: Json | undefined): string | null {
  if (output === undefined) return '`...` of nothing adds nothing';
  if (output === null || (isJsonObject(output) && !isJsonArray(output))) return null;
  return `\`...\` needs an object, not ${summaryOf(output)}`;
}
