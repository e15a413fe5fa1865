import { timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { digest } from '../authentication/hashed-keys';
import { HeadgateError } from '../errors';
import { type AdminKey, adminKeys, checkKey, type KeyRing, rememberActor } from './admin-keys';
import type { RouteRequest } from './route';
import { WrongToken, WrongTokens } from './wrong-tokens';

/** Tells whether a host is this machine: `localhost`, 127.0.0.0/8 and ::1, also as IPv6-mapped or in brackets. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '');
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** Digests have one length, so the comparison takes the same time for every guess. */
function checkCredential(request: RouteRequest, expected: Buffer | null, keys: Pick<KeyRing, 'find'>): void {
  const given = /^bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined && expected !== null && timingSafeEqual(digest(given), expected)) {
    rememberActor(request, 'token');
    return;
  }
  // What was not looked at says nothing about who sent it.
  const key = given === undefined ? null : checkKey(request, given, keys, Date.now());
  if (key !== null) return;
  if (given !== undefined) throw new WrongToken();
  throw new HeadgateError('UNAUTHORIZED', refusalOf(request.headers.authorization));
}

function refusalOf(header: string | undefined): string {
  if (header === undefined) return 'send the admin token as "authorization: Bearer TOKEN"';
  return 'the authorization header is not of the form "Bearer TOKEN"';
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '');
}

/**
 * Without a token, being on this machine is the credential; a browser on this machine must not lend it to a web page.
 * A page elsewhere sends its own origin (or `sec-fetch-site`), a page behind a rebound name sends that name as host.
 */
function checkLocal({ headers, remoteAddress }: RouteRequest): void {
  const host = headers.host ?? '';
  if (!isLoopback(remoteAddress ?? '') || !isLoopback(hostName(host))) {
    throw new HeadgateError(
      'FORBIDDEN',
      'without a token, only callers on this machine that name it localhost are answered',
    );
  }
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if ((origin !== undefined && origin !== `http://${host}`) || foreignSite) {
    throw new HeadgateError('FORBIDDEN', 'without a token, web pages of other origins are not answered');
  }
}

/** Lets a request through, or throws; null: at once. */
export type Guard = (request: RouteRequest) => Promise<void> | null;

const NO_KEYS: KeyRing = { find: () => null, isEmpty: true };

/**
 * Makes the guard of the admin listener; health paths are open. A token that is wrong is counted and announced, and after some of
 * them from one address each is answered late; one that is right never waits.
 * @param more keys that come and go while it runs
 * @throws {HeadgateError} UNAUTHORIZED, FORBIDDEN
 */
export function adminGuard(
  token: string | null,
  keys: readonly AdminKey[] = [],
  more: KeyRing = NO_KEYS,
  wrong = new WrongTokens(),
): Guard {
  const expected = token === null ? null : digest(token);
  const hashed = adminKeys(keys);
  const all = { find: (given: string) => hashed.find(given) ?? more.find(given) };
  return (request) => {
    if (request.path === '/health/live' || request.path === '/health/ready') return null;
    // Who has a key wants to be known by it, and may do no more than it may.
    const isLocal = expected === null && keys.length === 0;
    if (isLocal && (more.isEmpty || request.headers.authorization === undefined)) {
      checkLocal(request);
      return null;
    }
    try {
      checkCredential(request, expected, all);
      return null;
    } catch (error) {
      if (!(error instanceof WrongToken)) throw error;
      return wrong.refuse(request.remoteAddress ?? 'unknown', error);
    }
  };
}
