import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { loadApolloPlugins } from '../../gateway/plugins/apollo-plugins';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

describe('Apollo Server plugins', () => {
  let folder: string;
  let server: LocalServer | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-plugins-'));
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    rmSync(folder, { recursive: true });
  });

  function write(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  async function hello(): Promise<Response> {
    if (server === undefined) throw new Error('no server');
    const headers = { 'content-type': 'application/json' };
    return fetch(server.graphql, { method: 'POST', headers, body: '{"query":"query Greet { hello }"}' });
  }

  const SETS_HEADER = `{
    requestDidStart: async () => ({
      willSendResponse: async ({ operationName, response }) => response.http.headers.set('x-plugin', operationName),
    }),
  }`;

  it.each([
    ['an object', 'plugin.js', `module.exports = ${SETS_HEADER}`],
    ['a function', 'plugin.cjs', `module.exports = () => (${SETS_HEADER})`],
    ['a default', 'plugin.js', `exports.default = async () => (${SETS_HEADER})`],
  ])('are taken from modules that export %s', async (_name, file, text) => {
    server = await startLocalServer({ apolloPlugins: [write(file, text)] });
    const response = await hello();
    expect([response.status, response.headers.get('x-plugin')]).toEqual([200, 'Greet']);
  });

  it('are taken from ECMAScript modules', () => {
    const module = write('plugin.mjs', "export default { marker: 'from esm' };");
    const loader = require.resolve('../../gateway/plugins/apollo-plugins');
    const script =
      'require(process.argv[1]).loadApolloPlugins([process.argv[2]]).then((all) => process.stdout.write(JSON.stringify(all)))';
    const printed = execFileSync(process.execPath, ['--eval', script, loader, module]);
    expect(JSON.parse(printed.toString())).toEqual([{ marker: 'from esm' }]);
  });

  it('may refuse an operation with an error of their own', async () => {
    const plugin = {
      requestDidStart: async () => ({
        didResolveOperation: async () => {
          throw new GraphQLError('who are you?', { extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } } });
        },
      }),
    };
    server = await startLocalServer({}, { apolloPlugins: [plugin] });
    const response = await hello();
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ errors: [{ message: 'who are you?' }] });
  });

  it('do not leak what they throw', async () => {
    const plugin = {
      requestDidStart: async () => {
        throw new Error('password=hunter2');
      },
    };
    server = await startLocalServer({}, { apolloPlugins: [plugin] });
    const response = await hello();
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  it('stop the start when they fail to start, and say why', async () => {
    const plugin = {
      serverWillStart: async () => {
        throw new Error('no licence');
      },
    };
    await expect(startLocalServer({}, { apolloPlugins: [plugin] })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Apollo Server does not start: no licence',
    });
  });

  it.each([
    ['is missing', 'missing.js', null, 'Cannot find module'],
    ['throws', 'throws.js', 'throw new Error("broken inside")', 'broken inside'],
    ['exports a number', 'number.js', 'module.exports = 4', 'it must export a plugin object'],
  ])('are refused by the path of the module when it %s', async (_name, file, text, reason) => {
    const path = text === null ? join(folder, file) : write(file, text);
    const refusal = await loadApolloPlugins([path]).catch((error) => error);
    expect(refusal).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(refusal.message).toContain(`cannot load the Apollo Server plugin ${path}: `);
    expect(refusal.message).toContain(reason);
  });
});
