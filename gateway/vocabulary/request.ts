import { DYN, listOf, STRING } from '../expressions/types';
import type { CallView } from '../facts';
import { claimFact, IDENTITY } from '../identity';
import { CLIENT_ID, CLIENT_NAME, CLIENT_VERSION } from './client';
import { cookieNamed, cookiesIn } from './cookies';
import { type Entry, following, group, HEADERS, map, oneText, value } from './entry';

/** Without its port, in lower case. */
function hostOf({ headers }: CallView): string | undefined {
  const authority = headers.host ?? oneText(headers[':authority']);
  return authority?.replace(/:\d*$/, '').toLowerCase();
}

function queryOf({ search }: CallView): Readonly<Record<string, string>> {
  return firstOfEach(new URLSearchParams(search));
}

function firstOfEach(pairs: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(pairs).reverse());
}

function parameterFact(name: string) {
  return following<string>(`parameter ${name}`, ({ search }) => new URLSearchParams(search).get(name) ?? undefined);
}

function cookieFact(name: string) {
  return following<string>(`cookie ${name}`, ({ headers }) => cookieNamed(headers.cookie, name));
}

const METHOD = following<string>('method', ({ method }) => method);
const PATH = following<string>('path', ({ path }) => path);
const HOST = following<string>('host', hostOf);
const PEER = following<string>('peer', ({ remoteAddress }) => remoteAddress);
const QUERY = following<Readonly<Record<string, string>>>('query', queryOf);
const COOKIES = following<Readonly<Record<string, string>>>('cookies', ({ headers }) =>
  firstOfEach(cookiesIn(headers.cookie ?? '')),
);
const CLAIMS = following<Readonly<Record<string, unknown>>>('claims', ({ facts }) => facts.get(IDENTITY)?.claims ?? {});
const SCOPES = following<readonly string[]>('scopes', ({ facts }) => [...(facts.get(IDENTITY)?.scopes ?? [])].sort());
const AUTH_TYPE = following<string>('type of identity', ({ facts }) => facts.get(IDENTITY)?.type ?? 'anonymous');

/** What expressions know of a request before its body is read. */
export const REQUEST: Entry = group('request', {
  method: value(STRING, METHOD),
  path: value(STRING, PATH),
  host: value(STRING, HOST),
  query: map(STRING, QUERY, parameterFact),
  headers: HEADERS,
  cookies: map(STRING, COOKIES, cookieFact),
  peer: value(STRING, PEER),
  client: group('request.client', {
    id: value(STRING, CLIENT_ID),
    name: value(STRING, CLIENT_NAME),
    version: value(STRING, CLIENT_VERSION),
  }),
  auth: group('request.auth', {
    claims: map(DYN, CLAIMS, claimFact),
    scopes: value(listOf(STRING), SCOPES),
    type: value(STRING, AUTH_TYPE),
  }),
});
