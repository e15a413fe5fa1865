import { millisecondsIn } from '../../duration';
import { checkGraph } from '../../registry/registry';
import type { OperationUse, UsageBook } from '../../usage/usage-book';
import { type Answer, jsonAnswer, type Route, type RouteRequest } from '../route';
import { checkParameters, invalid, param, positiveInteger } from './registry-parameters';

const LISTED_MAX = 1_000;
const LISTED = 100;
const WINDOW = '7d';

/** The call that lists what clients ask for. */
export function usageRoutes(now: () => Promise<UsageBook | null>): readonly Route[] {
  return [{ method: 'GET', path: '/graphs/:graph/usage', handle: (request) => list(now, request) }];
}

async function list(now: () => Promise<UsageBook | null>, request: RouteRequest): Promise<Answer> {
  checkParameters(request, ['window', 'client', 'limit']);
  checkGraph(param(request, 'graph'));
  const { query } = request;
  const window = query.get('window') ?? WINDOW;
  const windowMs = millisecondsIn(window, { days: true });
  if (windowMs === null) throw invalid(`window=${window.slice(0, 100)} is no duration such as 12h or 7d`);
  const limit = query.has('limit') ? positiveInteger('limit', query.get('limit')) : LISTED;
  if (limit > LISTED_MAX) throw invalid(`limit=${limit}: at most ${LISTED_MAX} operations are listed`);
  const recorded = (await now())?.uses(windowMs) ?? [];
  const uses = recorded.flatMap((use) => ofClient(use, query.get('client')));
  const requests = uses.reduce((sum, { count }) => sum + count, 0);
  return jsonAnswer(200, { window, requests, total: uses.length, operations: uses.slice(0, limit).map(view) });
}

/** @param client null: of all */
function ofClient(use: OperationUse, client: string | null): readonly OperationUse[] {
  if (client === null) return [use];
  const clients = use.clients.filter((one) => one.client.name === client);
  if (clients.length === 0) return [];
  const count = clients.reduce((sum, one) => sum + one.count, 0);
  return [{ ...use, clients, count, lastAt: Math.max(...clients.map(({ lastAt }) => lastAt)) }];
}

function view({ operation, count, lastAt, clients }: OperationUse) {
  return {
    ...operation,
    count,
    last_at: timeOf(lastAt),
    clients: clients.map(({ client, count: uses, firstAt, lastAt: last }) => ({
      ...client,
      count: uses,
      first_at: timeOf(firstAt),
      last_at: timeOf(last),
    })),
  };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
