import type { AuditTrail } from '../audit/audit-log';
import { changeOf } from '../audit/change';
import type { AuditEntry } from '../audit/entry';
import { isHeadgateError, statusOfCode } from '../errors';
import { actorOf } from './admin-keys';
import type { Answer, Route, RouteRequest } from './route';

/**
 * Has what an operator changes by a route written: that it was asked for, before anything is done, and what came of it, before it is
 * answered. What only looks is not written, and of what is renewed all the time only what changes.
 * @throws {HeadgateError} of its `handle`: AUDIT_UNAVAILABLE, nothing was done
 */
export function audited(route: Route, trail: AuditTrail): Route {
  const { method, path, action = `${method} ${path}`, onlyChanges = false } = route;
  if (method === 'GET' || action === null) return route;
  return {
    ...route,
    handle: async (request) => {
      const about = aboutCall(action, request);
      if (!onlyChanges) await trail.begin({ ...about, outcome: 'begun' });
      try {
        const answer = await route.handle(request);
        const change = changeOf(request);
        if (!onlyChanges || change !== null) await trail.end({ ...about, ...change, ...outcomeOf(answer) });
        return answer;
      } catch (error) {
        if (!onlyChanges) await trail.end({ ...about, ...changeOf(request), ...failureOf(error) });
        throw error;
      }
    },
  };
}

function aboutCall(action: string, request: RouteRequest): Omit<AuditEntry, 'outcome'> {
  const { remoteAddress = null, id, params } = request;
  return { action, actor: actorOf(request), address: remoteAddress, request: id === '' ? null : id, target: params };
}

function outcomeOf({ status }: Answer): Pick<AuditEntry, 'outcome' | 'status'> {
  return { outcome: status < 400 ? 'done' : 'refused', status };
}

function failureOf(error: unknown): Pick<AuditEntry, 'outcome' | 'status' | 'code'> {
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  return { outcome: 'refused', status: statusOfCode(code) ?? 500, code };
}
