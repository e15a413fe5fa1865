import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

describe.each([1, 2])('operations that are published, with --workers %i', (workers) => {
  const directory = temporaryDirectories();
  let cwd: string;
  let headgate: HeadgateProcess;
  let subgraph: Awaited<ReturnType<typeof startLiveSubgraph>>;

  async function serve(): Promise<void> {
    headgate = await startHeadgate(['serve', '--workers', String(workers)], { cwd });
  }

  const run = (...args: string[]) => runHeadgate([...args, '--admin', headgate.admin], { cwd });

  async function ask(body: object, headers = {}): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }

  beforeAll(async () => {
    const sdl = 'type Query { value: Int other: Int }';
    subgraph = await startLiveSubgraph('live', { sdl, resolvers: { Query: { value: () => 1, other: () => 2 } } });
    cwd = directory();
    writeFileSync(
      join(cwd, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
admin: { listen: "127.0.0.1:0" }
supergraph: { source: registry }
persisted_documents: { require: id }
audit: { path: ./audit.jsonl }
`,
    );
    writeFileSync(join(cwd, 'schema.graphql'), sdl);
    writeFileSync(join(cwd, 'one.json'), '{"v":"{ value }"}');
    writeFileSync(join(cwd, 'two.json'), '{"v":"{ other }"}');
    writeFileSync(join(cwd, 'wrong.json'), '{"v":1}');
    await serve();
  });
  afterAll(async () => {
    await headgate.stop();
    await subgraph.close();
  });

  it('are answered from then on, by app and version, also after a restart, until they are deleted', async () => {
    const declared = await run('subgraph', 'publish', 'live', '--schema', 'schema.graphql', '--url', subgraph.url);
    expect(declared.code).toBe(0);
    const unknown = { status: 404, body: { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } }] } };
    expect(await ask({ documentId: 'v' })).toMatchObject(unknown);

    const first = await run('operations', 'publish', 'one.json');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('1 document published: revision 1') });
    const web = ['--app', 'web', '--app-version', '2.1'];
    expect(await run('operations', 'publish', 'two.json', ...web)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 document published for web 2.1: revision 2'),
    });
    const again = await run('operations', 'publish', 'two.json', ...web);
    expect(again.stdout).toContain('nothing changed: revision 2');
    const named = { 'apollographql-client-name': 'web', 'apollographql-client-version': '2.1' };
    const check = async () => {
      for (let at = 0; at < 2 * workers; at++) {
        expect(await ask({ documentId: 'v' })).toMatchObject({ status: 200, body: { data: { value: 1 } } });
        expect(await ask({ documentId: 'web~2.1~v' })).toMatchObject({ status: 200, body: { data: { other: 2 } } });
        expect(await ask({ documentId: 'v' }, named)).toMatchObject({ status: 200, body: { data: { other: 2 } } });
      }
    };
    await check();

    const wrong = await run('operations', 'publish', 'wrong.json');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('the manifest at v: must be the text of a GraphQL document');
    const half = await run('operations', 'publish', 'one.json', '--app', 'web');
    expect(half.stderr).toContain('give --app and --app-version, or neither');
    const { stdout } = await run('operations', 'list');
    expect(stdout).toMatch(/^\(every client\)\t\t1 document\t17 bytes\t/m);
    expect(stdout).toMatch(/^web\t2\.1\t1 document\t17 bytes\t/m);

    await headgate.stop();
    await serve();
    await check();

    expect((await run('operations', 'delete', ...web)).stdout).toContain('1 document deleted for web 2.1: revision 3');
    for (let at = 0; at < 2 * workers; at++) {
      expect(await ask({ documentId: 'web~2.1~v' })).toMatchObject(unknown);
      expect(await ask({ documentId: 'v' }, named)).toMatchObject({ status: 200, body: { data: { value: 1 } } });
    }
    const missing = await run('operations', 'delete', ...web);
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain('no manifest is published for web 2.1');

    const entries = readFileSync(join(cwd, 'audit.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const done = entries.filter(({ action, outcome }) => action.startsWith('operations.') && outcome === 'done');
    expect(done).toMatchObject([
      { action: 'operations.publish', before: { revision: 0 }, after: { revision: 1, app: null, documents: 1 } },
      { action: 'operations.publish', before: { revision: 1 }, after: { revision: 2, app: 'web', version: '2.1' } },
      { action: 'operations.publish', before: { revision: 2 }, after: { revision: 2 } },
      { action: 'operations.delete', before: { revision: 2 }, after: { revision: 3, app: 'web' } },
    ]);
  });
});
