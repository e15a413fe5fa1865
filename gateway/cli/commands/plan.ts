import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type DocumentNode, GraphQLError, getOperationAST, Kind, parse, validate } from 'graphql';
import { millisecondsIn } from '../../duration';
import { HeadgateError } from '../../errors';
import { conditionsOf, plannedRequests, printRequests } from '../../execution/planned-requests';
import { parseOrNone } from '../../json/parse';
import { createApolloPlanner } from '../../planning/apollo/planner';
import { printPlan } from '../../planning/print-plan';
import { closeCompositionThread } from '../../supergraph/compose';
import { readSupergraph } from '../../supergraph/read';
import { type CommandOutput, runCommand, usageError } from '../output';

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

function located(file: string, error: GraphQLError): string {
  const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 };
  return `${file}:${line}:${column} ${error.message}`;
}

function refuse(file: string, errors: readonly GraphQLError[]): HeadgateError {
  const problems = errors.map((error) => ({ message: error.message, ...error.locations?.[0] }));
  const message = `the operation is not valid\n${errors.map((error) => located(file, error)).join('\n')}`;
  return new HeadgateError('BAD_REQUEST', message, { details: { problems } });
}

function parseOperation(file: string, text: string): DocumentNode {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof GraphQLError ? refuse(file, [error]) : error;
  }
}

/** Null when the document has one operation. */
function nameOf(document: DocumentNode, wanted: string | undefined): string | null {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const names = operations.map((one) => one.name?.value ?? '');
  if (wanted !== undefined && !names.includes(wanted))
    throw usageError(`there is no operation ${wanted}; the document has ${names.join(', ')}`);
  if (operations.length > 1 && wanted === undefined)
    throw usageError(`name one of the operations with --operation-name: ${names.join(', ')}`);
  return operations.length > 1 ? (wanted ?? null) : null;
}

async function plan(file: string, options: PlanOptions): Promise<CommandOutput> {
  const [sdl, query] = [await readText(options.supergraph), await readText(file)];
  try {
    const supergraph = await readSupergraph(sdl);
    const document = parseOperation(file, query);
    const operationName = nameOf(document, options.operationName);
    const errors = validate(supergraph.apiSchema, document);
    if (errors.length > 0) throw refuse(file, errors);
    const limits = { deadlineMs: options.deadline, queueMax: 1, cacheMax: 1, fetchesMax: 100_000, workers: 1 };
    const planner = await createApolloPlanner(sdl, limits);
    try {
      const planned = await planner.plan({ query, operationName });
      const operation = getOperationAST(document, operationName);
      if (!operation) throw usageError('the document has no operation');
      const input = { plan: planned, document, operation, supergraph };
      const conditions = conditionsOf(input, options.variables);
      const requests = plannedRequests(input, conditions);
      return {
        data: { plan: planned.node, requests },
        text: `${printPlan(planned)}\n${printRequests(requests, conditions)}`,
      };
    } finally {
      await planner.close();
    }
  } finally {
    await closeCompositionThread();
  }
}
