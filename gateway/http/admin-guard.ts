import { timingSafeEqual } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { HeadgateError } from '../errors';
import { type AdminKey, checkKey, digest, rememberActor } from './admin-keys';
import type { RouteRequest } from './route';

/** True for `localhost`, 127.0.0.0/8 and ::1, also as IPv6-mapped or in brackets. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:/, '');
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** Digests have one length, so the comparison takes the same time for every guess. */
function checkCredential(request: RouteRequest, expected: Buffer | null, keys: readonly AdminKey[]): void {
  const given = /^bearer +(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined && expected !== null && timingSafeEqual(digest(given), expected)) return;
  const key = given === undefined ? null : checkKey(request, given, keys, Date.now());
  if (key !== null) {
    rememberActor(request, `key ${key.name}`);
    return;
  }
  throw new HeadgateError('UNAUTHORIZED', refusalOf(request.headers.authorization, given));
}

function refusalOf(header: string | undefined, given: string | undefined): string {
  if (header === undefined) return 'send the admin token as "authorization: Bearer TOKEN"';
  if (given === undefined) return 'the authorization header is not of the form "Bearer TOKEN"';
  return 'the token is wrong: it is neither admin.token nor one of admin.keys of this gateway';
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

/** Who may use the admin listener; health paths are open. @throws {HeadgateError} UNAUTHORIZED, FORBIDDEN */
export function adminGuard(token: string | null, keys: readonly AdminKey[] = []): (request: RouteRequest) => void {
  const expected = token === null ? null : digest(token);
  return (request) => {
    if (request.path === '/health/live' || request.path === '/health/ready') return;
    if (expected === null && keys.length === 0) checkLocal(request);
    else checkCredential(request, expected, keys);
  };
}
