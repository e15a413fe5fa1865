import { type ErrorCode, type HeadgateError, isHeadgateError } from '../../errors';
import { announce } from '../../events';
import { problemsOf } from '../../supergraph/problems';
import { type Answer, jsonAnswer, type Route } from '../route';

/** Status of each refusal of the registry; any other error is the listener's to answer. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  COMPOSITION_FAILED: 422,
  SUPERGRAPH_INVALID: 422,
  NAME_NEEDS_CONFIRMATION: 422,
  LAST_SUBGRAPH: 422,
  REGISTRY_CORRUPT: 503,
  REGISTRY_BUSY: 503,
  REGISTRY_WRITE_FAILED: 503,
  REVISION_NOT_SERVED: 503,
};

const DAMAGED =
  'the registry is damaged and takes no changes; the gateway serves what it has, and the log says what to repair';

/** What is the state of the registry, and said where it came about: no defect. */
const SAID: ReadonlySet<ErrorCode> = new Set(['REGISTRY_BUSY', 'REGISTRY_CORRUPT']);

/** The same route, answering refusals as `{error: {code, message, details}}` with `details` a list of problems. */
export function answeringRefusals(route: Route): Route {
  return {
    ...route,
    handle: async (request) => {
      try {
        return await route.handle(request);
      } catch (error) {
        const status = isHeadgateError(error) ? STATUS[error.code] : undefined;
        if (!isHeadgateError(error) || status === undefined) throw error;
        if (status >= 500 && !SAID.has(error.code))
          announce('internal.error', { where: `${route.method} ${route.path}`, error });
        return refusal(status, error);
      }
    },
  };
}

function refusal(status: number, error: HeadgateError): Answer {
  // Where the damage is, is the operator's business: the log has it.
  const message = error.code === 'REGISTRY_CORRUPT' ? DAMAGED : error.message;
  const headers: Record<string, string> = status === 503 ? { 'retry-after': '1' } : {};
  return jsonAnswer(status, { error: { code: error.code, message, details: problemsOf(error) } }, headers);
}
