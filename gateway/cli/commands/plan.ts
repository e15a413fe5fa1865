import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { millisecondsIn } from '../../duration';
import { HeadgateError } from '../../errors';
import { printRequests } from '../../execution/planned-requests';
import { parseOrNone } from '../../json/parse';
import { printPlan } from '../../planning/print-plan';
import { closeCompositionThread } from '../../supergraph/compose';
import { type CommandOutput, runCommand, usageError } from '../output';
import { planOperation } from '../plan-operation';

const DEADLINE_MS_MAX = 3 * 3_600_000;

interface PlanOptions {
  readonly supergraph: string;
  readonly operationName?: string;
  /** Milliseconds. */
  readonly deadline: number;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** `headgate plan`: exit 1 when the operation is wrong or cannot be planned, 2 when planning takes too long. */
export function registerPlan(program: Command): void {
  program
    .command('plan')
    .description('print how an operation is split over the subgraphs')
    .argument('<operation-file>', 'a GraphQL document; - reads standard input')
    .requiredOption('--supergraph <file>', 'the supergraph to plan against')
    .option('--operation-name <name>', 'which operation of the document, when it has several')
    .option(
      '--variables <json>',
      'values of variables that @skip and @include look at; of others the default, or true',
      readVariables,
      {},
    )
    .option('--deadline <time>', 'give up planning after it: 30s, 500ms, or milliseconds', readDeadline, 30_000)
    .action(runCommand(plan));
}

function readDeadline(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) : millisecondsIn(text);
  if (ms !== null && ms > 0 && ms <= DEADLINE_MS_MAX) return ms;
  throw usageError(
    `--deadline expects a time such as 2s, 500ms or 2000 (milliseconds), at most ${DEADLINE_MS_MAX / 60_000}m`,
  );
}

function readVariables(text: string): Readonly<Record<string, unknown>> {
  const given = parseOrNone(text);
  if (typeof given === 'object' && given !== null && !Array.isArray(given))
    return Object.fromEntries(Object.entries(given));
  throw usageError('--variables expects a JSON object, e.g. \'{"withReviews": false}\'');
}

async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

async function plan(file: string, options: PlanOptions): Promise<CommandOutput> {
  const [sdl, query] = [await readText(options.supergraph), await readText(file)];
  const { operationName, variables, deadline: deadlineMs } = options;
  try {
    const planned = await planOperation(sdl, { query, file, operationName, variables, deadlineMs });
    const { requests, conditions } = planned;
    return {
      data: { plan: planned.plan.node, requests },
      text: `${printPlan(planned.plan)}\n${printRequests(requests, conditions)}`,
    };
  } finally {
    await closeCompositionThread();
  }
}
