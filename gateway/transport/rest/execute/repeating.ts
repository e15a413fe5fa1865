import type { SourceOptions } from '../../options';
import type { Connector } from '../connector';

/**
 * What may become of a request a second time. `read`: it changes nothing. `idempotent`: twice does what once does. `keyed`: its receiver makes it
 * once, however often it gets it, and is asked again only when an attempt has ended. `once`: it is never sent again.
 */
export type Repeating = 'read' | 'idempotent' | 'keyed' | 'once';

/** By the method, and by what the operator says of the source. */
export function repeatingOf(
  { method, isMutation }: Pick<Connector, 'method' | 'isMutation'>,
  { safePosts = false, idempotencyHeader }: SourceOptions = {},
): Repeating {
  if (method === 'GET') return 'read';
  if (method === 'PUT' || method === 'DELETE') return 'idempotent';
  if (method === 'POST' && safePosts && !isMutation) return 'read';
  return idempotencyHeader === undefined ? 'once' : 'keyed';
}
