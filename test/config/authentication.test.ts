import { ASYMMETRIC, SYMMETRIC } from '../../gateway/authentication/jwt/algorithms';
import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';

const configFolder = configFolders();

async function load(jwt: string) {
  const { folder, write } = configFolder();
  const path = write('headgate.yaml', `log: { level: silent }\nauthentication: { jwt: ${jwt} }\n`);
  return { folder, config: (await loadConfig({ path, env: {} })).config };
}

describe('authentication.jwt', () => {
  it('has defaults', async () => {
    const { config } = await load('{ jwks: [{ url: "https://idp.example/keys?p=1" }] }');
    expect(config.authentication).toMatchObject({
      isRequired: false,
      apiKeys: null,
      jwt: {
        places: [{ kind: 'header', name: 'authorization', prefix: 'Bearer' }],
        scopesClaim: 'scope',
        leewayMs: 60_000,
        continues: false,
        keySets: [
          {
            place: { kind: 'url', url: 'https://idp.example/keys?p=1' },
            issuers: null,
            audiences: null,
            algorithms: ASYMMETRIC,
            pollMs: 300_000,
            allowsMissingExp: false,
          },
        ],
      },
    });
  });

  it('is taken as written', async () => {
    const { config } = await load(
      `{ jwks: [{ url: "https://idp.example/keys", issuers: [a], audiences: [b], algorithms: [ES256], poll_interval: 1m, allow_missing_exp: true }],
         sources: [{ type: header, name: X-Token, prefix: "" }, { type: cookie, name: Token }], scopes_claim: roles, leeway: 0ms, on_error: continue }`,
    );
    expect(config.authentication?.jwt).toEqual({
      places: [
        { kind: 'header', name: 'x-token', prefix: null },
        { kind: 'cookie', name: 'Token' },
      ],
      scopesClaim: 'roles',
      leewayMs: 0,
      continues: true,
      keySets: [
        {
          place: { kind: 'url', url: 'https://idp.example/keys' },
          issuers: ['a'],
          audiences: ['b'],
          algorithms: ['ES256'],
          pollMs: 60_000,
          allowsMissingExp: true,
        },
      ],
    });
  });

  it('takes secrets of a file, whose path is relative to the configuration', async () => {
    const { folder, config } = await load('{ jwks: [{ file: ./keys.json }] }');
    expect(config.authentication?.jwt?.keySets[0]).toMatchObject({
      place: { kind: 'file', path: `${folder}/keys.json` },
      algorithms: [...ASYMMETRIC, ...SYMMETRIC],
    });
  });

  it('demands the issuer that it discovers, unless others are named', async () => {
    const { config } = await load(
      '{ jwks: [{ issuer_url: "https://idp.example/" }, { issuer_url: "https://b.example", issuers: [c] }] }',
    );
    expect(config.authentication?.jwt?.keySets).toMatchObject([
      { place: { kind: 'issuer', issuer: 'https://idp.example/' }, issuers: ['https://idp.example/'] },
      { place: { kind: 'issuer', issuer: 'https://b.example' }, issuers: ['c'] },
    ]);
  });

  it.each([
    ['{ jwks: [] }', 'authentication.jwt.jwks'],
    ['{ jwks: [{ issuers: [a] }] }', 'expected one of url, issuer_url and file'],
    ['{ jwks: [{ url: "https://a.example", file: b }] }', 'expected one of url, issuer_url and file'],
    ['{ jwks: [{ url: "https://u:p@a.example" }] }', 'a URL holds no credentials'],
    ['{ jwks: [{ url: "ftp://a.example" }] }', 'expected an http or https URL'],
    ['{ jwks: [{ url: "https://a.example", algorithms: [RS256, HS256] }] }', 'give the keys as a file'],
    ['{ jwks: [{ url: "https://a.example", algorithms: [none] }] }', 'authentication.jwt.jwks.0.algorithms.0'],
    ['{ jwks: [{ url: "https://a.example" }, { url: "https://a.example" }] }', 'stands here a second time'],
    ['{ jwks: [{ url: "https://a.example" }], leeway: 1h }', 'out of range'],
    ['{ jwks: [{ url: "https://a.example" }], sources: [{ type: query, name: t }] }', 'authentication.jwt.sources.0'],
    ['{ jwks: [{ url: "https://a.example" }], sources: [{ type: cookie }] }', 'a cookie has a name'],
    [
      '{ jwks: [{ url: "https://a.example" }], sources: [{ type: cookie, name: a, prefix: b }] }',
      'a cookie has no prefix',
    ],
  ])('refuses %s', async (jwt, message) => {
    await expect(load(jwt)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
    });
  });
});

describe('authentication.introspection', () => {
  it('has a pool of its own', async () => {
    const path = configFolder().write(
      'headgate.yaml',
      `log: { level: silent }
traffic_shaping: { all: { pool: { connections: 1 } } }
authentication: { introspection: { endpoint: "https://idp.example/introspect", client_id: a, client_secret: b, cache_ttl: 5s, issuers: [c], audiences: [d], sources: [{ type: cookie, name: t }] } }
`,
    );
    const { authentication } = (await loadConfig({ path, env: {} })).config;
    expect(authentication?.introspection).toMatchObject({
      pool: {
        name: 'authentication/introspection',
        instances: [{ url: 'https://idp.example/introspect' }],
        connections: 16,
        healthCheck: null,
        tls: null,
      },
      clientId: 'a',
      clientSecret: 'b',
      ttlMs: 5_000,
      issuers: ['c'],
      audiences: ['d'],
      places: [{ kind: 'cookie', name: 't' }],
    });
  });
});

describe('authorization.forward_claims', () => {
  const FILE = `log: { level: silent }
subgraphs: { accounts: { url: "http://127.0.0.1:1", schema: { introspect: true } }, orders: { url: "http://127.0.0.1:2", schema: { introspect: true } } }
`;
  const AUTHENTICATION = 'authentication: { jwt: { jwks: [{ url: "https://a.example" }] } }\n';
  const loadAll = async (text: string) =>
    (await loadConfig({ path: configFolder().write('headgate.yaml', FILE + text), env: {} })).config;

  it('says what each subgraph is told', async () => {
    const { subgraphs } = await loadAll(
      `${AUTHENTICATION}authorization: { forward_claims: { subgraphs: { accounts: { header: X-User, claim: sub } } } }`,
    );
    expect(subgraphs.get('accounts')?.claims).toMatchObject([{ header: 'x-user', fact: { name: 'claim sub' } }]);
    expect(subgraphs.get('orders')?.claims).toBeUndefined();
  });

  it.each([
    [
      'authorization: { forward_claims: { subgraphs: { accounts: { header: x, claim: y } } } }',
      'add a section authentication',
    ],
    [
      `${AUTHENTICATION}authorization: { forward_claims: { subgraphs: { account: { header: x, claim: y } } } }`,
      'did you mean accounts?',
    ],
    [
      `${AUTHENTICATION}authorization: { forward_claims: { subgraphs: { orders: { header: Host, claim: y } } } }`,
      'cannot say a claim',
    ],
  ])('refuses %s', async (text, message) => {
    await expect(loadAll(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
    });
  });
});

describe('authentication.mtls', () => {
  it('is refused where clients are asked for no certificate', async () => {
    const path = configFolder().write('headgate.yaml', 'authentication: { mtls: { enabled: true } }\n');
    await expect(loadConfig({ path, env: {} })).rejects.toMatchObject({
      message: expect.stringContaining('set server.tls.client_ca, and client_auth: request or require'),
    });
  });
});
