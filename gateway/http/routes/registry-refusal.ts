import { type ErrorCode, type HeadgateError, isHeadgateError, statusOfCode } from '../../errors';
import { announce } from '../../events';
import { problemsOf } from '../../supergraph/problems';
import { operatorAnswer } from '../operator-failure';
import type { Answer, Route, RouteRequest } from '../route';

/** What the registry refuses with; any other error is the listener's to answer. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'CONFLICT',
  'COMPOSITION_FAILED',
  'SUPERGRAPH_INVALID',
  'BREAKING_CHANGE',
  'LINT_FAILED',
  'NAME_NEEDS_CONFIRMATION',
  'LAST_SUBGRAPH',
  'REGISTRY_CORRUPT',
  'REGISTRY_BUSY',
  'REGISTRY_WRITE_FAILED',
  'REVISION_NOT_SERVED',
]);

const DAMAGED =
  'the registry is damaged and takes no changes; the gateway serves what it has, and the log says what to repair';

/** What is the state of the registry, and said where it came about: no defect. */
const SAID: ReadonlySet<ErrorCode> = new Set(['REGISTRY_BUSY', 'REGISTRY_CORRUPT']);

/** Wraps a route so that refusals are answered as `{error: {code, message, details}}` with `details` a list of problems. */
export function answeringRefusals(route: Route): Route {
  return {
    ...route,
    handle: async (request) => {
      try {
        return await route.handle(request);
      } catch (error) {
        if (!isHeadgateError(error) || !REFUSALS.has(error.code)) throw error;
        const status = statusOfCode(error.code) ?? 500;
        if (status >= 500 && !SAID.has(error.code))
          announce('internal.error', { where: `${route.method} ${route.path}`, error });
        return refusal(status, error, request);
      }
    },
  };
}

function refusal(status: number, error: HeadgateError, request: RouteRequest): Answer {
  // Where the damage is, is the operator's business: the log has it.
  const message = error.code === 'REGISTRY_CORRUPT' ? DAMAGED : error.message;
  const headers: Record<string, string> = status === 503 ? { 'retry-after': '1' } : {};
  return operatorAnswer({ code: error.code, message, details: problemsOf(error) }, request, headers);
}
