import { loadConfig } from '../../gateway/config/load';
import type { BrowserOptions } from '../../gateway/http/browsers/options';
import { configFolders } from '../fixtures/config-folder';

describe('cors and csrf', () => {
  const configFolder = configFolders();

  async function load(text: string): Promise<BrowserOptions> {
    const path = configFolder().write('headgate.yaml', text);
    return (await loadConfig({ path, env: {} })).config.clients;
  }

  it('allow nothing by default', async () => {
    expect(await load('{}')).toMatchObject({
      cors: null,
      csrf: { enabled: true, requiredHeaders: ['x-apollo-operation-name', 'apollo-require-preflight'] },
    });
  });

  it('give policies what they do not say themselves', async () => {
    const { cors, csrf } = await load(`
cors:
  allow_credentials: true
  allow_headers: [x-all]
  max_age: 1h
  policies:
    - { origins: ["https://a.example"] }
    - { match_origins: ["https://[a-z]+\\\\.example"], allow_credentials: false, allow_headers: [], methods: [], max_age: 0s }
csrf: { required_headers: [X-Own] }
`);
    expect(cors).toEqual({
      policies: [
        {
          origins: ['https://a.example'],
          matchOrigins: [],
          allowCredentials: true,
          allowHeaders: ['x-all'],
          exposeHeaders: [],
          methods: ['GET', 'POST'],
          maxAgeMs: 3_600_000,
        },
        {
          origins: [],
          matchOrigins: ['https://[a-z]+\\.example'],
          allowCredentials: false,
          allowHeaders: [],
          exposeHeaders: [],
          methods: [],
          maxAgeMs: 0,
        },
      ],
      anyOrigin: null,
    });
    expect(csrf).toEqual({ enabled: true, requiredHeaders: ['x-own'] });
  });

  it.each([
    ['cors: { policies: [ {} ] }', 'names no origin'],
    ['cors: { policies: [ { origins: ["https://a.example/"] } ] }', 'no path'],
    ['cors: { policies: [ { origins: ["*"] } ] }', 'allow_any_origin'],
    ['cors: { policies: [ { origins: ["https://*.example"] } ] }', 'match_origins'],
    ['cors: { policies: [ { origins: ["https://A.example"] } ] }', 'browsers send https://a.example'],
    ['cors: { policies: [ { origins: ["https://a.example:443"] } ] }', 'browsers send https://a.example'],
    ['cors: { policies: [ { origins: [a.example] } ] }', 'scheme://host:port'],
    ['cors: { policies: [ { match_origins: ["("] } ] }', 'the pattern is wrong'],
    ['cors: { policies: [ { match_origins: ["(a{900}){3}"] } ] }', 'the pattern'],
    ['cors: { allow_any_origin: true, allow_credentials: true }', 'none of them with credentials'],
    ['cors: { allow_credentials: true, policies: [ { match_origins: [".*"] } ] }', 'every origin fits'],
    ['cors: { policies: [ { match_origins: ["https?://.+"], allow_credentials: true } ] }', 'every origin fits'],
    ['csrf: { required_headers: [accept] }', 'any page can send'],
  ])('refuse %s', async (text, message) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    'null',
    'capacitor://localhost',
    'chrome-extension://abcdef',
    'http://127.0.0.1:3000',
    'https://[::1]:8443',
  ])('take the origin %s', async (origin) => {
    expect((await load(`cors: { policies: [ { origins: ["${origin}"] } ] }`)).cors?.policies[0]?.origins).toEqual([
      origin,
    ]);
  });
});
