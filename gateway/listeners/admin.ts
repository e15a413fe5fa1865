import type { AuditTrail } from '../audit/audit-log';
import { HeadgateError } from '../errors';
import { adminGuard, isLoopback } from '../http/admin-guard';
import type { KeyRing } from '../http/admin-keys';
import { audited } from '../http/audited';
import { clientsMax } from '../http/descriptors';
import type { Health } from '../http/health';
import type { Listener } from '../http/listener';
import type { AdminOptions } from '../http/options';
import type { Route } from '../http/route';
import { upgradesOf } from '../http/router';
import { healthRoutes } from '../http/routes/health';
import { HttpServer } from '../http/server';
import { httpStack } from '../pipeline';

/** A publish uploads an SDL of up to a few megabytes. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Operators, their scripts, and Prometheus. */
const CONNECTIONS_MAX = 500;
/** A publish that waits for others, and is composed then. */
const SILENCE_TIMEOUT_MS = 900_000;

/** Requests have names of our own: the audit log has them. */
const NO_PROXIES: readonly string[] = [];

export interface AdminListenerOptions {
  readonly options: AdminOptions;
  readonly health: Health;
  /** What operators are given, beside health. */
  readonly routes: readonly Route[];
  /** Keys that come and go while it runs. */
  readonly keys?: KeyRing | undefined;
  /** Whether the audit log wants to know of refused access. */
  readonly tellsDenied?: boolean;
  /** Has written what they change; null or absent: nobody does. */
  readonly trail?: AuditTrail | null;
}

/**
 * The listener for operators.
 * @throws {HeadgateError} CONFIG_INVALID: an address that other machines reach, and no token
 */
export function createAdminListener({
  options,
  health,
  routes,
  keys: more,
  trail = null,
  tellsDenied = false,
}: AdminListenerOptions): Listener {
  const { listen, token, keys = [], requestBytesMax } = options;
  if (token === null && keys.length === 0 && !isLoopback(listen.host)) {
    const remedy = 'set admin.token (HEADGATE_ADMIN_TOKEN), or listen on 127.0.0.1';
    throw new HeadgateError('CONFIG_INVALID', `admin.listen is ${listen.host} and there is no token: ${remedy}`);
  }
  const all = [...healthRoutes(health), ...(trail === null ? routes : routes.map((route) => audited(route, trail)))];
  return new HttpServer({
    name: 'admin',
    listen,
    portRemedy: 'choose another with HEADGATE_ADMIN_PORT or admin.listen, or switch the listener off with admin: false',
    way: httpStack(all, adminGuard(token, keys, more), NO_PROXIES, undefined, { denied: tellsDenied ? 'admin' : null }),
    upgrades: upgradesOf(all),
    requestBytesMax,
    connections: { max: Math.min(CONNECTIONS_MAX, clientsMax()) },
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    silenceTimeoutMs: SILENCE_TIMEOUT_MS,
  });
}
