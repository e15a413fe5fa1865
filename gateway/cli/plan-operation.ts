import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { HeadgateError } from '../errors';
import { conditionsOf, type PlannedRequest, plannedRequests } from '../execution/planned-requests';
import { createApolloPlanner } from '../planning/apollo/planner';
import type { Plan } from '../planning/plan';
import { readSupergraph } from '../supergraph/read';
import { usageError } from './output';

interface OperationToPlan {
  readonly query: string;
  /** Where the text is from, for errors. */
  readonly file: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly deadlineMs: number;
}

interface OperationPlanned {
  readonly plan: Plan;
  readonly operation: OperationDefinitionNode;
  readonly requests: readonly PlannedRequest[];
  readonly conditions: ReturnType<typeof conditionsOf>;
}

/** Plans one operation against a supergraph. @throws {HeadgateError} SUPERGRAPH_INVALID, BAD_REQUEST, USAGE, PLANNING_… */
export async function planOperation(sdl: string, given: OperationToPlan): Promise<OperationPlanned> {
  const { query, file, deadlineMs, variables } = given;
  const supergraph = await readSupergraph(sdl);
  const document = parseOperation(file, query);
  const operationName = nameOf(document, given.operationName);
  const errors = validate(supergraph.apiSchema, document);
  if (errors.length > 0) throw refuse(file, errors);
  const limits = { deadlineMs, queueMax: 1, cacheMax: 1, fetchesMax: 100_000, workers: 1 };
  const planner = await createApolloPlanner(sdl, limits);
  try {
    const plan = await planner.plan({ query, operationName });
    const operation = getOperationAST(document, operationName);
    if (!operation) throw usageError('the document has no operation');
    const input = { plan, document, operation, supergraph };
    const conditions = conditionsOf(input, variables);
    return { plan, operation, conditions, requests: plannedRequests(input, conditions) };
  } finally {
    await planner.close();
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
