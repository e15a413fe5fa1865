import type { TokenPlace } from '../../gateway/authentication/options';
import { findToken } from '../../gateway/authentication/token-places';

const BEARER: TokenPlace = { kind: 'header', name: 'authorization', prefix: 'Bearer' };
const PLAIN: TokenPlace = { kind: 'header', name: 'x-token', prefix: null };
const COOKIE: TokenPlace = { kind: 'cookie', name: 'token' };

describe('the place of a token', () => {
  it.each([
    [BEARER, { authorization: 'Bearer a.b.c' }, { token: 'a.b.c' }],
    [BEARER, { authorization: 'bearer   a.b.c  ' }, { token: 'a.b.c' }],
    [BEARER, { authorization: 'Basic a' }, null],
    [BEARER, { authorization: 'Bearers a' }, null],
    [BEARER, { authorization: 'Bearer' }, 'malformed'],
    [BEARER, { authorization: 'Bearer ' }, 'malformed'],
    [BEARER, { authorization: 'Bearer a b' }, 'malformed'],
    [BEARER, { authorization: 'Bearer é' }, 'malformed'],
    [BEARER, {}, null],
    [PLAIN, { 'x-token': 'a' }, { token: 'a' }],
    [PLAIN, { 'x-token': 'Bearer a' }, 'malformed'],
    [COOKIE, { cookie: 'other=1; token=a.b.c; token=second' }, { token: 'a.b.c' }],
    [COOKIE, { cookie: 'token="a.b.c"' }, { token: 'a.b.c' }],
    [COOKIE, { cookie: 'xtoken=a' }, null],
    [COOKIE, { cookie: 'token=' }, 'malformed'],
    [COOKIE, {}, null],
  ])('%j, %j: %j', (place, headers, found) => {
    expect(findToken(headers, [place])).toEqual(found);
  });

  it('is the first of several that has one', () => {
    const headers = { authorization: 'Basic a', cookie: 'token=b', 'x-token': 'c' };
    expect(findToken(headers, [BEARER, COOKIE, PLAIN])).toEqual({ token: 'b' });
  });
});
