import { type Algorithm, ASYMMETRIC, SYMMETRIC } from '../../../gateway/authentication/jwt/algorithms';
import { readKeySet } from '../../../gateway/authentication/jwt/read-key-set';
import { ecSigner, edSigner, keySetText, rsaSigner, type Signer, secretSigner } from '../../fixtures/tokens';

const LOCAL = { algorithms: new Set<Algorithm>([...ASYMMETRIC, ...SYMMETRIC]), allowsSecrets: true };
const REMOTE = { algorithms: new Set<Algorithm>(ASYMMETRIC), allowsSecrets: false };

const rsa = rsaSigner('rsa');
const ec = ecSigner('ec');
const ed = edSigner('ed');
const secret = secretSigner('x'.repeat(40), 'secret');

const with_ = ({ jwk }: Signer, members: object) => ({ jwk: { ...jwk, ...members } });
const read = (keys: readonly { readonly jwk: object }[], rules = REMOTE) =>
  readKeySet(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }), rules);

describe('a set of keys', () => {
  it('has for each key the algorithms that its kind can verify', () => {
    const found = read([rsa, ec, ed]).keys.map(({ kid, algorithms }) => [kid, [...algorithms].join(' ')]);
    expect(found).toEqual([
      ['rsa', 'RS256 RS384 RS512 PS256 PS384 PS512'],
      ['ec', 'ES256'],
      ['ed', 'EdDSA Ed25519'],
    ]);
  });

  it('is one key where a file has one key', () => {
    expect(readKeySet(JSON.stringify(secret.jwk), LOCAL).keys).toMatchObject([{ kid: 'secret', isSecret: true }]);
  });

  it.each([
    [with_(rsa, { alg: 'PS256' }), 'PS256'],
    [with_(rsa, { use: 'sig' }), 'RS256 RS384 RS512 PS256 PS384 PS512'],
    [with_(rsa, { key_ops: ['verify'] }), 'RS256 RS384 RS512 PS256 PS384 PS512'],
  ])('takes a key at its word: %j', (key, algorithms) => {
    expect([...(read([key]).keys[0]?.algorithms ?? [])].join(' ')).toBe(algorithms);
  });

  it.each([
    [with_(rsa, { use: 'enc' }), 'its use is not sig'],
    [with_(rsa, { key_ops: ['encrypt'] }), 'its key_ops do not have verify'],
    [with_(rsa, { alg: 'ES256' }), 'fit no algorithm that is known here'],
    [with_(rsa, { alg: 'HS256' }), 'fit no algorithm that is known here'],
    [with_(ec, { alg: 'ES384' }), 'fit no algorithm that is known here'],
    [with_(ec, { crv: 'P-384' }), 'make no public key'],
    [with_(rsa, { e: 'AQ' }), 'public exponent is 1'],
    [with_(rsa, { kid: 7 }), 'its kid is no text'],
    [rsaSigner('short', 1024), 'has 1024 bits'],
    [secret, 'a secret counts in a local file only'],
    [{ jwk: { kty: 'PQ' } }, 'make no public key'],
  ])('leaves out %#, and says why without a part of the key', (key, why) => {
    const { keys, leftOut } = read([key]);
    expect(keys).toEqual([]);
    expect(leftOut).toEqual([expect.stringContaining(why)]);
    for (const part of ['n', 'x', 'k'] as const)
      if (part in key.jwk) expect(leftOut[0]).not.toContain((key.jwk as Record<string, string>)[part]);
  });

  it('leaves out a secret that is shorter than what is made with it', () => {
    expect(read([secretSigner('x'.repeat(31))], LOCAL).keys).toEqual([]);
    expect([...(read([secretSigner('x'.repeat(32))], LOCAL).keys[0]?.algorithms ?? [])]).toEqual(['HS256']);
  });

  it('leaves out keys that share a name, unless nobody can mix them up', () => {
    const other = with_(rsaSigner(), { kid: 'rsa' });
    expect(read([rsa, other])).toEqual({ keys: [], leftOut: [expect.stringContaining('several keys ("rsa")')] });
    expect(read([rsa, with_(ec, { kid: 'rsa' })]).keys.length).toBe(2);
    expect(read([rsa, rsa]).leftOut).toEqual([]);
  });

  it.each([
    ['nothing', 'no JSON object'],
    ['[]', 'no JSON object'],
    ['{}', 'no list of keys'],
    ['{"keys":[1]}', 'one of its keys is no object'],
    [JSON.stringify({ keys: Array.from({ length: 101 }, () => ec.jwk) }), 'more than 100 keys'],
    [keySetText(secret, rsa), 'secrets beside public keys'],
  ])('is none: %.40s', (text, why) => {
    expect(() => readKeySet(text, LOCAL)).toThrow(why);
  });
});
