import { millisecondsIn } from '../../duration';
import type { RouteRequest } from '../route';
import { objectBody, shown } from './object-body';
import { invalid } from './registry-parameters';

/** Time for which an operator's override holds, and the reason. */
export interface Steering {
  /** Null: until the instance is resumed. */
  readonly ttlMs: number | null;
  readonly reason: string;
}

/** What is forgotten ends by itself; whoever wants it to stay says `"ttl": null`. */
const TTL_MS_DEFAULT = 3_600_000;
const TTL_MS_MAX = 30 * 86_400_000;
const REASON_LENGTH_MAX = 200;
const WEIGHT_MAX = 1_000_000;

/** The body `{ttl?, reason?}`, which may be left out. @throws {HeadgateError} INVALID_ARGUMENT */
export async function readSteering(request: RouteRequest): Promise<Steering> {
  return steeringIn(await objectBody(request, ['ttl', 'reason']));
}

/** The body `{reason?}`, which may be left out. @throws {HeadgateError} INVALID_ARGUMENT */
export async function readReason(request: RouteRequest): Promise<Pick<Steering, 'reason'>> {
  const { reason } = await objectBody(request, ['reason']);
  return { reason: reasonOf(reason) };
}

/** The body `{weight, ttl?, reason?}`. @throws {HeadgateError} INVALID_ARGUMENT */
export async function readWeight(request: RouteRequest): Promise<Steering & { readonly weight: number }> {
  const body = await objectBody(request, ['weight', 'ttl', 'reason']);
  const { weight } = body;
  if (typeof weight === 'number' && weight > 0 && weight <= WEIGHT_MAX) return { ...steeringIn(body), weight };
  const remedy = `give a number above 0, at most ${WEIGHT_MAX}; to send it nothing, drain it`;
  throw invalid(`weight is ${shown(weight)}: ${remedy}`);
}

function steeringIn({ ttl, reason }: Readonly<Record<string, unknown>>): Steering {
  return { ttlMs: ttlOf(ttl), reason: reasonOf(reason) };
}

function ttlOf(ttl: unknown): number | null {
  if (ttl === undefined) return TTL_MS_DEFAULT;
  if (ttl === null) return null;
  const ttlMs = millisecondsIn(ttl, { days: true });
  if (ttlMs !== null && ttlMs >= 1 && ttlMs <= TTL_MS_MAX) return ttlMs;
  throw invalid(
    `ttl is ${shown(ttl)}: give a time such as 30s, 10m or 2h, at most 30d, or null for until it is resumed`,
  );
}

function reasonOf(reason: unknown): string {
  if (reason === undefined || reason === '') return 'no reason given';
  if (typeof reason === 'string' && reason.length <= REASON_LENGTH_MAX && !/\p{Cc}/u.test(reason)) return reason;
  throw invalid(`reason is ${shown(reason)}: give one line of at most ${REASON_LENGTH_MAX} characters`);
}
