import { NO_ADDRESSES } from '../../../gateway/addresses';
import { digest } from '../../../gateway/authentication/hashed-keys';
import { ASYMMETRIC } from '../../../gateway/authentication/jwt/algorithms';
import type { AuthenticationOptions, JwtOptions, KeyPlace } from '../../../gateway/authentication/options';
import { subscribe } from '../../../gateway/events';
import { type LocalServer, startLocalServer } from '../../fixtures/local-server';
import { CLIENT, OidcProvider } from '../../fixtures/oidc-provider';
import { poolOptions } from '../../fixtures/pool-options';
import { answerJson, hang, type ScriptedServer, startScriptedServer } from '../../fixtures/scripted-server';
import { ecSigner } from '../../fixtures/tokens';

const DATA = { data: { hello: 'hello world' } };
const soon = () => Math.floor(Date.now() / 1000) + 600;

function jwt(place: KeyPlace, rules: { audiences?: string[]; issuers?: string[] } = {}): JwtOptions {
  const { audiences = null, issuers = null } = rules;
  const set = { place, issuers, audiences, algorithms: ASYMMETRIC, pollMs: 300_000, allowsMissingExp: false };
  const places = [
    { kind: 'header', name: 'authorization', prefix: 'Bearer' },
    { kind: 'cookie', name: 'token' },
  ] as const;
  return { keySets: [set], places, scopesClaim: 'scope', leewayMs: 60_000, continues: false };
}

let server: LocalServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(options: Partial<AuthenticationOptions>): Promise<void> {
  const authentication = {
    jwt: null,
    introspection: null,
    apiKeys: null,
    byCertificate: false,
    isRequired: true,
    addresses: NO_ADDRESSES,
    ...options,
  };
  server = await startLocalServer({}, { authentication });
}
function post(headers: Record<string, string>): Promise<Response> {
  const all = { 'content-type': 'application/json', ...headers };
  return fetch(server?.graphql ?? '', { method: 'POST', headers: all, body: '{"query":"{ hello }"}' });
}
const seen = async (answer: Response) => ({
  status: answer.status,
  challenge: answer.headers.get('www-authenticate'),
  retryAfter: answer.headers.get('retry-after'),
  body: await answer.json(),
});
const refusal = (status: number, code: string, message: string) => ({
  status,
  body: { errors: [{ message, extensions: { code } }] },
});

describe('a server that trusts an identity provider', () => {
  const signer = ecSigner('one');
  let provider: ScriptedServer;
  const url = () => `http://127.0.0.1:${provider.port}/keys`;

  beforeEach(async () => {
    provider = await startScriptedServer(answerJson({ keys: [signer.jwk] }));
  });
  afterEach(() => provider.kill());

  it('answers whoever has a token, in a header or a cookie', async () => {
    await start({ jwt: jwt({ kind: 'url', url: url() }) });
    const token = signer.token({ exp: soon() });
    expect(await (await post({ authorization: `Bearer ${token}` })).json()).toEqual(DATA);
    expect(await (await post({ cookie: `token=${token}` })).json()).toEqual(DATA);
  });

  it('refuses a token that is not right, as the standard says', async () => {
    await start({ jwt: jwt({ kind: 'url', url: url() }) });
    const token = ecSigner('one').token({ exp: soon() });
    expect(await seen(await post({ authorization: `Bearer ${token}` }))).toMatchObject({
      ...refusal(401, 'UNAUTHENTICATED', 'Authentication failed'),
      challenge: 'Bearer error="invalid_token"',
    });
  });

  it('says of which kind credentials may be to whoever has none', async () => {
    const keys = [{ name: 'a', sha256: digest('key').toString('hex'), scopes: [], expiresAtMs: null }];
    await start({ jwt: jwt({ kind: 'url', url: url() }), apiKeys: { header: 'x-api-key', keys } });
    expect(await seen(await post({}))).toMatchObject({
      ...refusal(401, 'UNAUTHENTICATED', 'Authentication required'),
      challenge: 'Bearer, ApiKey header="x-api-key"',
    });
    expect((await post({ 'x-api-key': 'key' })).status).toBe(200);
    expect((await post({ authorization: 'Basic x', 'x-api-key': 'key' })).status).toBe(200);
  });

  it('lets whoever has a wrong token in as nobody where it is told to', async () => {
    const told: unknown[] = [];
    const stop = subscribe('authentication.failed', ({ reason }) => told.push(reason));
    const continuing = { ...jwt({ kind: 'url', url: url() }), continues: true };
    await start({ jwt: continuing, isRequired: false });
    expect(await (await post({ authorization: 'Bearer wrong' })).json()).toEqual(DATA);
    await server?.close();
    await start({ jwt: continuing });
    expect((await seen(await post({ authorization: 'Bearer wrong' }))).body).toEqual(
      refusal(401, 'UNAUTHENTICATED', 'Authentication required').body,
    );
    stop();
    expect(told).toEqual(['MALFORMED_TOKEN', 'MALFORMED_TOKEN', 'MISSING_CREDENTIALS']);
  });

  it('says so when it cannot know, and whoever brings none is not concerned', async () => {
    const told: unknown[] = [];
    const stop = subscribe('authentication.failed', ({ reason }) => told.push(reason));
    await provider.kill();
    await start({ jwt: jwt({ kind: 'url', url: url() }), isRequired: false });
    const token = signer.token({ exp: soon() });
    expect(await seen(await post({ authorization: `Bearer ${token}` }))).toMatchObject({
      ...refusal(503, 'AUTHENTICATION_UNAVAILABLE', 'Authentication is not possible now; try again shortly'),
      retryAfter: '5',
    });
    expect((await post({})).status).toBe(200);
    stop();
    expect(told).toEqual(['UNAVAILABLE']);
  });

  it('learns a new key from the first token that names it, and asks no more often for names that are thought up', async () => {
    const next = ecSigner('two');
    await start({ jwt: jwt({ kind: 'url', url: url() }) });
    const known = signer.token({ exp: soon() });
    expect((await post({ authorization: `Bearer ${known}` })).status).toBe(200);
    provider.script = answerJson({ keys: [signer.jwk, next.jwk] });
    const asked = Array.from({ length: 200 }, async (_, index) => {
      const token =
        index % 2 === 0 ? next.token({ exp: soon() }, {}) : next.token({ exp: soon() }, { kid: `thought up ${index}` });
      return (await post({ authorization: `Bearer ${token}` })).status;
    });
    expect(await Promise.all(asked)).toEqual(asked.map((_, index) => (index % 2 === 0 ? 200 : 401)));
    expect((await post({ authorization: `Bearer ${known}` })).status).toBe(200);
    expect(provider.received.length).toBe(2);
  });

  it('goes on with the keys that it has while a provider is slow', async () => {
    await start({ jwt: jwt({ kind: 'url', url: url() }) });
    const token = () => signer.token({ exp: soon(), jti: Math.random() });
    expect((await post({ authorization: `Bearer ${token()}` })).status).toBe(200);
    provider.script = hang;
    const unknown = post({ authorization: `Bearer ${ecSigner('unheard of').token({ exp: soon() })}` });
    await provider.arrived(2);
    expect((await post({ authorization: `Bearer ${token()}` })).status).toBe(200);
    await provider.kill();
    expect((await unknown).status).toBe(401);
  });
});

describe('a server that trusts an OpenID provider', () => {
  let provider: OidcProvider;
  beforeAll(async () => {
    provider = await OidcProvider.start();
  });
  afterAll(() => provider.stop());

  it('takes its tokens, and no others', async () => {
    const place = { kind: 'issuer', issuer: provider.issuer } as const;
    const rules = { issuers: [provider.issuer], audiences: ['urn:headgate'] };
    await start({ jwt: jwt(place, rules) });
    const token = await provider.token('read write', 'urn:headgate');
    expect(await (await post({ authorization: `Bearer ${token}` })).json()).toEqual(DATA);
    const opaque = await provider.token('read');
    expect((await post({ authorization: `Bearer ${opaque}` })).status).toBe(401);
    await server?.close();
    await start({ jwt: jwt(place, { ...rules, audiences: ['urn:other'] }) });
    expect((await post({ authorization: `Bearer ${token}` })).status).toBe(401);
  });

  it('asks it about tokens that say nothing, and believes it when it revokes one', async () => {
    const asked = {
      pool: poolOptions([`${provider.issuer}/token/introspection`]),
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      places: [{ kind: 'header', name: 'authorization', prefix: 'Bearer' } as const],
      ...{ issuers: null, audiences: null, ttlMs: 1 },
    };
    await start({ jwt: jwt({ kind: 'issuer', issuer: provider.issuer }), introspection: asked });
    const [opaque, signed] = [await provider.token('read'), await provider.token('read', 'urn:headgate')];
    expect((await post({ authorization: `Bearer ${signed}` })).status).toBe(200);
    expect(await (await post({ authorization: `Bearer ${opaque}` })).json()).toEqual(DATA);
    await provider.revoke(opaque);
    expect(await seen(await post({ authorization: `Bearer ${opaque}` }))).toMatchObject({
      ...refusal(401, 'UNAUTHENTICATED', 'Authentication failed'),
      challenge: 'Bearer error="invalid_token"',
    });
    await provider.stop();
    expect((await seen(await post({ authorization: 'Bearer another' }))).status).toBe(503);
  });
});
