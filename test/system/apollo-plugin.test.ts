import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const PLUGIN = `
module.exports = {
  serverWillStart: async () => {
    process.stderr.write('hook serverWillStart\\n');
    return { serverWillStop: async () => process.stderr.write('hook serverWillStop\\n') };
  },
  requestDidStart: async () => {
    const hooks = ['requestDidStart'];
    return {
      didResolveSource: async () => { hooks.push('didResolveSource'); },
      parsingDidStart: async () => { hooks.push('parsingDidStart'); },
      validationDidStart: async () => { hooks.push('validationDidStart'); },
      didResolveOperation: async () => { hooks.push('didResolveOperation'); },
      responseForOperation: async () => { hooks.push('responseForOperation'); return null; },
      executionDidStart: async () => { hooks.push('executionDidStart'); },
      didEncounterErrors: async () => { hooks.push('didEncounterErrors'); },
      willSendResponse: async ({ response }) => {
        response.http.headers.set('x-hooks', [...hooks, 'willSendResponse'].join(' '));
      },
    };
  },
};
`;

describe('a module of apollo.plugins', () => {
  const directory = temporaryDirectories();
  let echo: EchoSubgraph;
  let headgate: HeadgateProcess;

  function configure(plugin: string): string {
    const folder = directory();
    writeFileSync(join(folder, 'plugin.js'), plugin);
    writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${echo.url}" } }
apollo: { plugins: [ ./plugin.js ] }
`,
    );
    return folder;
  }

  async function hooksOf(query: string): Promise<string | null> {
    const response = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    await response.body?.cancel();
    return response.headers.get('x-hooks');
  }

  beforeAll(async () => {
    echo = await startEchoSubgraph('echo');
    headgate = await startHeadgate(['serve'], { cwd: configure(PLUGIN) });
  });
  afterAll(() => echo.kill());

  it('is told of a request, in order', async () => {
    expect(await hooksOf('{ echo }')).toBe(
      'requestDidStart didResolveSource parsingDidStart validationDidStart didResolveOperation responseForOperation executionDidStart willSendResponse',
    );
  });

  it('is told of a request that it has seen before', async () => {
    expect(await hooksOf('{ echo }')).toBe(
      'requestDidStart didResolveSource didResolveOperation responseForOperation executionDidStart willSendResponse',
    );
  });

  it('is told of errors', async () => {
    expect(await hooksOf('{ unknown }')).toContain('validationDidStart didEncounterErrors willSendResponse');
  });

  it('is told when the server starts and stops', async () => {
    await headgate.logged('hook serverWillStart');
    expect(await headgate.stop()).toBe(0);
    await headgate.logged('hook serverWillStop');
  });

  it('keeps the gateway from starting when it cannot be loaded', async () => {
    const { code, stderr } = await runHeadgate(['serve'], { cwd: configure('throw new Error("no licence")') });
    expect(code).toBe(3);
    expect(stderr).toContain('plugin.js');
    expect(stderr).toContain('no licence');
  });
});
