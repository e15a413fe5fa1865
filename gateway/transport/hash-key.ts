import type { Flight } from '../flight';
import { stringifyJson } from '../json/stringify';
import type { PoolOptions } from '../pool/options';

type HashOptions = Pick<PoolOptions, 'policy' | 'hashHeader' | 'hashVariable'>;

/** Reads what the policy `hash` looks at; null when the client did not send it, or nothing is looked at. */
export function hashKeyOf(options: HashOptions, flight: Flight): string | null {
  const { policy, hashHeader, hashVariable = null } = options;
  if (policy !== 'hash') return null;
  if (hashHeader !== null) return textOf(flight.headers[hashHeader]);
  return hashVariable === null ? null : textOf(flight.variables?.[hashVariable]);
}

/**
 * The headers that choose an instance in any of these pools. Whoever shares an answer shares the instance, so they belong
 * to the key of everything that is shared, as what instances get to read does.
 */
export function hashHeaders(pools: Iterable<HashOptions>): readonly string[] {
  const headers: string[] = [];
  for (const { policy, hashHeader } of pools) if (policy === 'hash' && hashHeader !== null) headers.push(hashHeader);
  return headers;
}

/** Whether the instance depends on a variable of the operation, which the body of a fetch need not have. */
export function readsVariables({ policy, hashHeader, hashVariable = null }: HashOptions): boolean {
  return policy === 'hash' && hashHeader === null && hashVariable !== null;
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? `${stringifyJson(value)}` : String(value);
}
