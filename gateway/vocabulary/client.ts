import type { CallView } from '../facts';
import { IDENTITY } from '../identity';
import { following, oneText } from './entry';

/** The name that a client gives its software, in the headers of Apollo's clients or of others. */
const NAME_HEADERS = ['apollographql-client-name', 'graphql-client-name'];
const VERSION_HEADERS = ['apollographql-client-version', 'graphql-client-version'];

function firstOf(names: readonly string[]) {
  return ({ headers }: CallView): string | undefined => {
    for (const name of names) if (headers[name] !== undefined) return oneText(headers[name]);
    return undefined;
  };
}

/** Subject of the identity; where it has none, what tells it from others; without an identity the network of the peer. */
function idOf({ facts, remoteAddress }: CallView): string | undefined {
  const identity = facts.get(IDENTITY);
  if (identity === undefined) return remoteAddress === undefined ? undefined : networkOf(remoteAddress);
  const { sub } = identity.claims;
  return typeof sub === 'string' ? sub : identity.key;
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An IPv4 address as it is; of an IPv6 address the first 64 bits: all that follows is the client's own choice. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const between = tail === undefined ? [] : new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...between, ...after].slice(0, 4).join(':')}::/64`;
}

export const CLIENT_ID = following<string>('client id', idOf);
export const CLIENT_NAME = following<string>('client name', firstOf(NAME_HEADERS));
export const CLIENT_VERSION = following<string>('client version', firstOf(VERSION_HEADERS));
