import { stringifyJson } from '../json/stringify';
import type { PoolOptions } from '../pool/options';
import type { ClientCall } from './send';

type HashOptions = Pick<PoolOptions, 'hashHeader' | 'hashVariable'>;

/** What the policy `hash` looks at in a client's request; null when the client did not send it, or nothing is looked at. */
export function hashKeyOf({ hashHeader, hashVariable = null }: HashOptions, client: ClientCall): string | null {
  if (hashHeader !== null) return textOf(client.headers[hashHeader]);
  return hashVariable === null ? null : textOf(client.variables?.[hashVariable]);
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? `${stringifyJson(value)}` : String(value);
}
