import { type ErrorCode, HeadgateError, isHeadgateError } from '../errors';
import type { CallReport } from './fetch-answer';

const NOTHING_KNOWN: CallReport = {
  instance: null,
  attempts: 0,
  status: null,
  headers: Object.freeze({}),
  requestBytes: 0,
  responseBytes: 0,
  errorCode: null,
  error: null,
};

/** The error that leaves this room for a fetch that failed. What is known of the call is for layers: a client sees `details` at most. */
export class FetchFailure extends HeadgateError {
  readonly #report: CallReport;

  constructor(code: ErrorCode, message: string, details: HeadgateError['details'], report: CallReport, cause: unknown) {
    super(code, message, { ...(details === undefined ? {} : { details }), cause });
    this.#report = report;
  }

  static reportOf(error: unknown): CallReport {
    return error instanceof FetchFailure ? error.#report : NOTHING_KNOWN;
  }
}

/**
 * Makes the failure of a call to `service`: the code and the words of the error, and details that a client may see. Instances
 * and URLs stay in the cause.
 * @param known of the call beside what the pool says in the error's details
 */
export function fetchFailure(service: string, error: unknown, known: Partial<CallReport>): FetchFailure {
  const report = { ...NOTHING_KNOWN, ...pooled(error), ...known };
  if (!isHeadgateError(error))
    return new FetchFailure('INTERNAL', `the call to ${service} failed`, { service }, report, error);
  const { status } = report;
  return new FetchFailure(
    error.code,
    error.message,
    status === null ? { service } : { service, status },
    report,
    error,
  );
}

/** What the pool tells of a call that failed. */
function pooled(error: unknown): Partial<CallReport> {
  const { instance, attempts, status, error: text } = (isHeadgateError(error) ? error.details : undefined) ?? {};
  return {
    instance: typeof instance === 'string' ? instance : null,
    attempts: typeof attempts === 'number' ? attempts : 0,
    status: typeof status === 'number' ? status : null,
    error: typeof text === 'string' ? text : null,
  };
}
