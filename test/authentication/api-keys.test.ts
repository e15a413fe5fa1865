import { NO_ADDRESSES } from '../../gateway/addresses';
import { ApiKeys } from '../../gateway/authentication/api-keys';
import { digest } from '../../gateway/authentication/hashed-keys';
import type { AuthenticationOptions } from '../../gateway/authentication/options';
import type { Caller } from '../../gateway/authentication/source';
import { CancellationSource } from '../../gateway/cancellation';
import { subscribe } from '../../gateway/events';
import { Facts } from '../../gateway/facts';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

const KEY = 'a key of the mobile application';
const OLD = 'a key of last year';
const EXPIRES = Date.parse('2026-06-01T00:00:00Z');
const sha256 = (text: string) => digest(text).toString('hex');

const API_KEYS = {
  header: 'x-api-key',
  keys: [
    { name: 'mobile', sha256: sha256(KEY), scopes: ['read', 'write'], expiresAtMs: null },
    { name: 'old', sha256: sha256(OLD), scopes: [], expiresAtMs: EXPIRES },
  ],
};
const OPTIONS: AuthenticationOptions = {
  jwt: null,
  introspection: null,
  apiKeys: API_KEYS,
  byCertificate: false,
  isRequired: true,
  addresses: NO_ADDRESSES,
};
const JSON_TYPE = { 'content-type': 'application/json' };

function caller(headers: Caller['headers']): Caller {
  return { id: '', headers, gone: new CancellationSource(), facts: new Facts() };
}

describe('an API key', () => {
  it('is an identity with scopes', () => {
    const identity = new ApiKeys(API_KEYS).identify(caller({ 'x-api-key': KEY }));
    expect(identity).toEqual({
      type: 'api_key',
      claims: { sub: 'mobile' },
      scopes: new Set(['read', 'write']),
      expiresAt: null,
      key: 'api_key:mobile',
    });
  });

  it.each([
    [EXPIRES - 1, true],
    [EXPIRES, false],
  ])('at %d of the clock it is right: %s', (now, isRight) => {
    const keys = new ApiKeys(API_KEYS, () => now);
    const identify = () => keys.identify(caller({ 'x-api-key': OLD }));
    if (isRight) expect(identify()?.expiresAt).toBe(EXPIRES);
    else expect(identify).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED', reason: 'EXPIRED_API_KEY' }));
  });

  it.each([[sha256(KEY)], [''], [`${KEY} `], [`${KEY}, ${KEY}`]])('is not %p', (given) => {
    expect(() => new ApiKeys(API_KEYS).identify(caller({ 'x-api-key': given }))).toThrow('Authentication failed');
  });
});

describe('a server that wants to know who asks', () => {
  let server: LocalServer;
  const post = (headers: Record<string, string>) =>
    fetch(server.graphql, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: '{"query":"{ hello }"}' });

  beforeAll(async () => {
    server = await startLocalServer({}, { authentication: OPTIONS });
  });
  afterAll(() => server.close());

  it('answers whoever has a key', async () => {
    expect(await (await post({ 'x-api-key': KEY })).json()).toEqual({ data: { hello: 'hello world' } });
  });

  it.each([
    [{}, 'Authentication required', 'MISSING_CREDENTIALS'],
    [{ 'x-api-key': 'wrong' }, 'Authentication failed', 'UNKNOWN_API_KEY'],
    [{ 'x-api-key': OLD }, 'Authentication failed', 'EXPIRED_API_KEY'],
  ])(
    'refuses %j with 401, whatever the client accepts, and tells the reason to the operator only',
    async (headers, message, reason) => {
      const told: unknown[] = [];
      const stop = subscribe('authentication.failed', (event) => told.push(event));
      for (const accept of ['application/json', 'application/graphql-response+json']) {
        const refused = await post({ ...headers, accept });
        expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'ApiKey header="x-api-key"']);
        expect(await refused.json()).toEqual({ errors: [{ message, extensions: { code: 'UNAUTHENTICATED' } }] });
      }
      stop();
      expect(told).toMatchObject([{ reason }, { reason }]);
    },
  );

  it('leaves health open', async () => {
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });
});
