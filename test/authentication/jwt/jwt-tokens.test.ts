import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { ASYMMETRIC, SYMMETRIC } from '../../../gateway/authentication/jwt/algorithms';
import { JwtTokens } from '../../../gateway/authentication/jwt/jwt-tokens';
import type { KeySource } from '../../../gateway/authentication/jwt/key-source';
import { readKeySet } from '../../../gateway/authentication/jwt/read-key-set';
import type { KeySetOptions, TokenPlace } from '../../../gateway/authentication/options';
import type { Caller } from '../../../gateway/authentication/source';
import { CancellationSource } from '../../../gateway/cancellation';
import { Facts } from '../../../gateway/facts';
import { ecSigner, handMade, keySetText, rsaSigner, type Signer, secretSigner } from '../../fixtures/tokens';

/** Seconds since 1970. */
const NOW = 1_800_000_000;
const rsa = rsaSigner('rsa');
const ec = ecSigner('ec');
const secret = secretSigner('s'.repeat(32), 'secret');
const BEARER: readonly TokenPlace[] = [{ kind: 'header', name: 'authorization', prefix: 'Bearer' }];

/** Keys that are there from the start. */
function keys(signers: readonly Signer[], isLocal = false): KeySource {
  const rules = { algorithms: new Set([...ASYMMETRIC, ...SYMMETRIC]), allowsSecrets: isLocal };
  return { ...readKeySet(keySetText(...signers), rules), refresh: () => null, close: async () => {} };
}

function set(source: KeySource, options: Partial<KeySetOptions> = {}) {
  const place = { kind: 'url', url: 'https://idp.example/keys' } as const;
  const rules = { issuers: null, audiences: null, pollMs: 60_000, allowsMissingExp: false };
  return { source, options: { place, algorithms: [...ASYMMETRIC, ...SYMMETRIC], ...rules, ...options } };
}

function tokens(sets: readonly ReturnType<typeof set>[], now: () => number = () => NOW * 1000): JwtTokens {
  const options = { places: BEARER, scopesClaim: 'scope', leewayMs: 60_000, continues: false, leavesOthers: false };
  return new JwtTokens({ ...options, sets }, now);
}

const caller = (headers: Caller['headers']): Caller => ({
  id: '',
  headers,
  gone: new CancellationSource(),
  facts: new Facts(),
});
const bearer = (token: string) => caller({ authorization: `Bearer ${token}` });
const reason = async (source: JwtTokens, token: string): Promise<unknown> => {
  try {
    await source.identify(bearer(token));
    return 'let in';
  } catch (error) {
    return (error as { reason: unknown }).reason;
  }
};

describe('a token', () => {
  it('is an identity: claims, scopes, and when it ends', async () => {
    const claims = { sub: 'ada', scope: 'read write', exp: NOW + 10, team: { name: 'engines' } };
    const identity = await tokens([set(keys([rsa, ec]))]).identify(bearer(rsa.token(claims)));
    expect(identity).toMatchObject({ type: 'jwt', claims, expiresAt: (NOW + 10) * 1000 });
    expect(identity?.scopes).toEqual(new Set(['read', 'write']));
    expect(identity?.key).toMatch(/^jwt:[\w-]{43}$/);
  });

  it.each([
    ['exp', 59, 'let in'],
    ['exp', 61, 'EXPIRED_SIGNATURE'],
    ['nbf', -59, 'let in'],
    ['nbf', -61, 'NOT_YET_VALID'],
  ])('whose %s is %d seconds off, with a minute of leeway: %s', async (claim, seconds, outcome) => {
    const claims = { exp: NOW + 3600, [claim]: NOW - seconds };
    expect(await reason(tokens([set(keys([rsa]))]), rsa.token(claims))).toBe(outcome);
  });

  it('that was right has its end all the same', async () => {
    let now = NOW * 1000;
    const source = tokens([set(keys([rsa]))], () => now);
    const token = rsa.token({ exp: NOW });
    expect(await reason(source, token)).toBe('let in');
    now += 59_999;
    expect(await reason(source, token)).toBe('let in');
    now += 1;
    expect(await reason(source, token)).toBe('EXPIRED_SIGNATURE');
  });

  it('counts no longer than the key that signed it', async () => {
    const source = keys([rsa]);
    const judge = tokens([set(source)]);
    const token = rsa.token({ exp: NOW + 3600 });
    expect(await reason(judge, token)).toBe('let in');
    for (const key of source.keys ?? []) key.isCurrent = false;
    Object.assign(source, { keys: [] });
    expect(await reason(judge, token)).toBe('CANNOT_FIND_KID');
  });

  it.each([
    [{ exp: NOW }, { allowsMissingExp: false }, 'let in'],
    [{}, {}, 'MISSING_EXPIRY'],
    [{}, { allowsMissingExp: true }, 'let in'],
    [{ exp: 'soon' }, {}, 'INVALID_CLAIMS'],
    [{ exp: NOW, nbf: null }, {}, 'INVALID_CLAIMS'],
    [{ exp: NOW, iss: 'a' }, { issuers: ['a', 'b'] }, 'let in'],
    [{ exp: NOW, iss: 'c' }, { issuers: ['a', 'b'] }, 'INVALID_ISSUER'],
    [{ exp: NOW }, { issuers: ['a'] }, 'INVALID_ISSUER'],
    [{ exp: NOW, aud: ['x', 'a'] }, { audiences: ['a'] }, 'let in'],
    [{ exp: NOW, aud: 'a' }, { audiences: ['a'] }, 'let in'],
    [{ exp: NOW, aud: 'x' }, { audiences: ['a'] }, 'INVALID_AUDIENCE'],
    [{ exp: NOW }, { audiences: ['a'] }, 'INVALID_AUDIENCE'],
    [{ exp: NOW }, { algorithms: ['ES256'] as const }, 'ALGORITHM_NOT_ALLOWED'],
  ])('that says %j, by the rules %j: %s', async (claims, rules, outcome) => {
    expect(await reason(tokens([set(keys([rsa]), rules)]), rsa.token(claims))).toBe(outcome);
  });

  it('is judged by the rules of the set that has its key', async () => {
    const sets = [set(keys([rsa]), { issuers: ['a'] }), set(keys([ec]), { issuers: ['b'], allowsMissingExp: true })];
    const source = tokens(sets);
    expect(await reason(source, rsa.token({ iss: 'a', exp: NOW }))).toBe('let in');
    expect(await reason(source, rsa.token({ iss: 'a' }))).toBe('MISSING_EXPIRY');
    expect(await reason(source, ec.token({ iss: 'b' }))).toBe('let in');
    expect(await reason(source, ec.token({ iss: 'a', exp: NOW }))).toBe('CANNOT_FIND_KID');
  });

  it('without the name of a key, or signed by a key without one, finds the key that fits', async () => {
    const nameless = rsaSigner();
    const source = tokens([set(keys([rsa, ec, nameless]))]);
    expect(await reason(source, rsa.token({ exp: NOW }, { kid: undefined }))).toBe('let in');
    expect(await reason(source, nameless.token({ exp: NOW }))).toBe('let in');
    expect(await reason(source, nameless.token({ exp: NOW }, { kid: 'unheard of' }))).toBe('let in');
    expect(await reason(source, ec.token({ exp: NOW }, { kid: 'rsa' }))).toBe('CANNOT_FIND_KID');
  });
});

describe('a token that nobody should trust', () => {
  const claims = { exp: NOW + 3600, sub: 'root' };
  const nobody = () => Buffer.from('x');
  const pem = createPublicKey({ key: rsa.jwk as JsonWebKey, format: 'jwk' }).export({ format: 'pem', type: 'spki' });

  it.each([
    ['none', handMade({ alg: 'none' }, claims, nobody), 'ALGORITHM_NOT_ALLOWED'],
    ['None', handMade({ alg: 'None', kid: 'rsa' }, claims, nobody), 'ALGORITHM_NOT_ALLOWED'],
    ['no signature', `${rsa.token(claims).split('.').slice(0, 2).join('.')}.`, 'MALFORMED_TOKEN'],
    ['another signature', rsa.token(claims).replace(/.{8}$/, 'AAAAAAAA'), 'INVALID_SIGNATURE'],
    [
      'the public key as a secret',
      handMade({ alg: 'HS256', kid: 'rsa' }, claims, (input) => createHmac('sha256', pem).update(input).digest()),
      'CANNOT_FIND_KID',
    ],
    ['an algorithm of another kind of key', ec.token(claims, { kid: 'rsa' }), 'CANNOT_FIND_KID'],
    ['a key that it brings along', rsaSigner('own').token(claims, { jwk: rsaSigner().jwk }), 'CANNOT_FIND_KID'],
    ['an extension', rsa.token(claims, { crit: ['b64'], b64: false }), 'MALFORMED_TOKEN'],
    ['no object', rsa.token('text'), 'MALFORMED_TOKEN'],
    ['five parts', `${rsa.token(claims)}.e30.e30`, 'MALFORMED_TOKEN'],
    ['no token', 'opaque', 'MALFORMED_TOKEN'],
    ['a long one', rsa.token({ ...claims, x: 'x'.repeat(9_000) }), 'TOKEN_TOO_LARGE'],
    ['a longer one', 'x'.repeat(9_000), 'TOKEN_TOO_LARGE'],
  ])('has %s', async (_what, token, outcome) => {
    expect(await reason(tokens([set(keys([rsa, ec]))]), token)).toBe(outcome);
    expect(await reason(tokens([set(keys([secret], true)), set(keys([rsa]))]), token)).not.toBe('let in');
  });

  it('cannot be made with a secret that is known elsewhere only', async () => {
    expect(await reason(tokens([set(keys([secret], true))]), secret.token(claims))).toBe('let in');
    expect(await reason(tokens([set(keys([secret], false))]), secret.token(claims))).toBe('CANNOT_FIND_KID');
  });
});

describe('tokens that come again', () => {
  it('are verified once, however many ask at once', async () => {
    let reads = 0;
    const source = keys([rsa]);
    const counted: KeySource = {
      ...source,
      get keys() {
        reads += 1;
        return source.keys;
      },
    };
    const judge = tokens([set(counted)]);
    const token = rsa.token({ exp: NOW + 3600 });
    const first = await Promise.all(Array.from({ length: 20 }, () => judge.identify(bearer(token))));
    expect(new Set(first).size).toBe(1);
    expect(judge.identify(bearer(token))).toBe(first[0]);
    expect(reads).toBe(1);
  });
});
