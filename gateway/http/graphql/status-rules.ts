import { HeadgateError, statusOfCode } from '../../errors';
import type { AnswerType } from './answer-type';

/** Parameters of a request that are JSON, and not those of an operation. */
export class WrongParameters extends HeadgateError {
  constructor(message: string) {
    super('BAD_REQUEST', message);
  }
}

/** By what rules the status of an answer says what has become of a GraphQL request. */
export interface StatusRules {
  /** Of an answer that has `data`, and nobody wished for another status. */
  executed(hasErrors: boolean, type: AnswerType): number;
  /** Of an answer without `data`: `status` is that of `code`, or was wished for. */
  refused(status: number, code: unknown, type: AnswerType): number;
  /** Of an answer to a request that is no operation. */
  failed(error: HeadgateError): number;
  /** What an answer with that status is labelled as. */
  mediaType(status: number, type: AnswerType): AnswerType['mediaType'];
}

/** Failures of a well-formed request: a client that asked for `application/json` gets them with status 200. */
const OPERATION_FAILURES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_LIMIT_EXCEEDED',
  'COST_ESTIMATED_TOO_EXPENSIVE',
  'COST_INVALID_SLICING_ARGUMENTS',
  'PLANNING_FAILED',
]);

/** 200 and 400, as clients of today expect; the rules that the `graphql-http` audit looks for. */
const audit: StatusRules = {
  executed: () => 200,
  refused: (status, code, { legacy }) => (legacy && status === 400 && OPERATION_FAILURES.has(code) ? 200 : status),
  failed: ({ code }) => statusOfCode(code) ?? 500,
  mediaType: (_status, { mediaType }) => mediaType,
};

const PARTIAL_SUCCESS = 294;
const UNPROCESSABLE = 422;

/**
 * Those of the edition of 2026: the status alone says what has become of a request, and so `application/json`, which any
 * proxy may answer, is the label of what succeeded only.
 */
const draft2026: StatusRules = {
  executed: (hasErrors, { mediaType }) =>
    hasErrors && mediaType === 'application/graphql-response+json' ? PARTIAL_SUCCESS : 200,
  refused(status, code) {
    if (status < 300) return UNPROCESSABLE;
    return status === 400 && code !== 'GRAPHQL_PARSE_FAILED' ? UNPROCESSABLE : status;
  },
  failed(error) {
    if (error instanceof WrongParameters || error.code === 'OPERATION_LIMIT_EXCEEDED') return UNPROCESSABLE;
    return audit.failed(error);
  },
  mediaType: (status, { mediaType }) => (status < 300 ? mediaType : 'application/graphql-response+json'),
};

export const STATUS_RULES = { audit, draft2026 } as const satisfies Readonly<Record<string, StatusRules>>;

export type ResponseCodes = keyof typeof STATUS_RULES;
