// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of headgate.yaml look like that
import { loadSettings } from '../../gateway/config/load';
import { effectiveSettings, printSettings } from '../../gateway/config/print';
import { configFolders } from '../fixtures/config-folder';
import { contractConfig } from '../fixtures/contract-config';
import { testCertificate } from '../fixtures/test-certificate';

describe('printSettings', () => {
  const configFolder = configFolders();

  async function load(text: string, env: NodeJS.ProcessEnv = {}) {
    const { write } = configFolder();
    write('cert.pem', testCertificate.cert);
    write('key.pem', testCertificate.key);
    return loadSettings({ path: write('headgate.yaml', text), env });
  }

  it('prints defaults in the form of the file', async () => {
    const printed = printSettings(await load('server: { listen: 8080 }'));
    expect(printed).toContain('listen: 127.0.0.1:8080\n');
    expect(printed).toContain('request_bytes: 1MB\n');
    expect(printed).toContain('max_ejection_percent: 50%\n');
  });

  it('prints what loads to the same settings again', async () => {
    const first = await load(contractConfig.replace(/ +tls:.*\n/, ''));
    const again = await load(printSettings(first));
    expect(again.settings).toEqual(first.settings);
  });

  it.each([
    ['the admin token', 'admin: { token: abcdef }', {}],
    ['a token from the environment', 'admin: { token: "${env.T}" }', { T: 'abcdef' }],
    [
      'the value of a header named like a secret',
      'headers: { all: { request: [{ insert: { name: X-Api-Key, value: abcdef } }] } }',
      {},
    ],
    ['a cookie', 'headers: { all: { request: [{ insert: { name: cookie, value: "sid=abcdef" } }] } }', {}],
    [
      'a default of authorization',
      'headers: { all: { request: [{ propagate: { named: authorization, default: abcdef } }] } }',
      {},
    ],
    [
      'a variable named like a secret, wherever it stands',
      'supergraph: { path: "./${env.MY_SECRET}.graphql" }',
      { MY_SECRET: 'abcdef' },
    ],
    ['a secret in a later section', 'cache: { client_secret: abcdef }', {}],
    [
      'what goes to a REST source from outside',
      'subgraphs: { a: { rest: ./a, sources: { api: { url: "http://127.0.0.1:1", config: { id: [ "${env.T}" ] } } } } }',
      { T: 'abcdef' },
    ],
    ['a private key', 'traffic_shaping: { all: { tls: { cert: "${file.cert.pem}", key: "${file.key.pem}" } } }', {}],
  ])('masks %s', async (_, text, env) => {
    const printed = printSettings(await load(text, env));
    expect(printed).toContain('********');
    expect(printed).not.toContain('abcdef');
    expect(printed).not.toContain('PRIVATE KEY');
  });

  it('shows values from outside that are no secrets', async () => {
    const effective = effectiveSettings(await load('log: { level: "${env.LEVEL}" }', { LEVEL: 'warn' }));
    expect(effective).toMatchObject({ log: { level: 'warn' } });
  });
});
