import { createHash } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import {
  ask,
  type GraphqlAnswer,
  type HeadgateProcess,
  runHeadgate,
  startHeadgate,
} from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const SDL = ECHO_SDL.replace('Query', 'Query @shareable').replace(
  /^/,
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@shareable"])\n',
);
const THREE = '{ a: echo b: echo c: echo }';

describe('what a running gateway refuses', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let one: EchoSubgraph;
  let two: EchoSubgraph;

  /** As a whole: nobody sees the beginning of it. */
  function write(name: string, text: string): void {
    writeFileSync(join(folder, `${name}.next`), text);
    renameSync(join(folder, `${name}.next`), join(folder, name));
  }

  const supergraph = async (...urls: string[]) =>
    (await composeSubgraphs(urls.map((url, at) => ({ name: at === 0 ? 'echo' : 'other', url, sdl: SDL })))).sdl;

  beforeEach(async () => {
    folder = directory();
    [one, two] = [await startEchoSubgraph('one'), await startEchoSubgraph('two')];
  });
  afterEach(async () => {
    await Promise.all([one.kill(), two.kill()]);
  });
  afterAll(closeCompositionThread);

  describe.each([1, 2])('with %d workers', (workers) => {
    let headgate: HeadgateProcess;

    async function start(rest: string): Promise<void> {
      write(
        'headgate.yaml',
        `server: { listen: "127.0.0.1:0", workers: ${workers} }\nplanning: { deadline: 1m }\n${rest}`,
      );
      headgate = await startHeadgate(['serve'], { cwd: folder });
    }
    afterEach(() => headgate.stop());

    const echoed = async () => (await ask(headgate.graphql, '{ echo }')).body;
    async function eventually(query: string, wanted: (answer: string) => boolean): Promise<void> {
      while (!wanted(JSON.stringify((await ask(headgate.graphql, query)).body))) await pause(10);
    }

    it('leaves running subgraphs alone, and the next good file is taken', async () => {
      write('supergraph.graphql', await supergraph(one.url));
      await start('supergraph: { source: file, path: ./supergraph.graphql, checkpoint: false }\n');
      expect(await echoed()).toEqual({ data: { echo: 'one' } });
      write('supergraph.graphql', await supergraph('localhost:4001/graphql', two.url));
      const refused = await headgate.logged('supergraph.refused', 'localhost:4001');
      expect(refused).toContain('subgraph echo: its URL');
      expect(refused).toContain('http://localhost:4001/graphql');
      for (let again = 0; again < 4; again += 1) expect(await echoed()).toEqual({ data: { echo: 'one' } });
      expect(two.received).toHaveLength(0);
      write('supergraph.graphql', await supergraph(two.url));
      await eventually('{ echo }', (answer) => answer.includes('two'));
    });

    it('takes limits and subgraphs of a configuration together or not at all', async () => {
      write('echo.graphql', SDL);
      write('broken.graphql', 'type Query { echo: Int! }');
      const source = 'supergraph: { source: subgraphs, checkpoint: false }\n';
      const echo = `subgraphs:\n  echo: { schema: { file: ./echo.graphql }, url: "${one.url}" }\n`;
      await start(`${source}${echo}`);
      const before = `server: { listen: "127.0.0.1:0", workers: ${workers} }\nplanning: { deadline: 1m }\n`;
      const broken = `  other: { schema: { file: ./broken.graphql }, url: "${two.url}" }\n`;
      write('headgate.yaml', `${before}limits: { max_aliases: 2 }\n${source}${echo}${broken}`);
      await headgate.logged('config.refused');
      expect((await ask(headgate.graphql, THREE)).body.errors).toBeUndefined();
      write('headgate.yaml', `${before}limits: { max_aliases: 2 }\n${source}${echo.replace(one.url, two.url)}`);
      await eventually(THREE, (answer) => answer.includes('OPERATION_LIMIT_EXCEEDED'));
      expect(await echoed()).toEqual({ data: { echo: 'two' } });
    });
  });

  it('is named at start: the subgraph, its URL and what to write', async () => {
    for (const [url, said] of [
      ['localhost:4001/graphql', 'write it as http://localhost:4001/graphql'],
      ['', 'nobody says where it is'],
    ] as const) {
      write('supergraph.graphql', await supergraph(url));
      const args = ['serve', '--supergraph', 'supergraph.graphql', '--port', '0'];
      const { code, stderr } = await runHeadgate(args, { cwd: folder });
      expect(code).not.toBe(0);
      expect(stderr).toContain('subgraph echo: ');
      expect(stderr).toContain(said);
      expect(stderr).not.toMatch(/INTERNAL|\n\s+at /);
    }
  });

  it('holds for an operation by its hash, and after it for its text', async () => {
    write('supergraph.graphql', await supergraph(one.url));
    const head = 'server: { listen: "127.0.0.1:0" }\nplanning: { deadline: 1m }\n';
    const source = 'supergraph: { source: file, path: ./supergraph.graphql, checkpoint: false }\n';
    write('headgate.yaml', `${head}${source}`);
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    try {
      const sha256Hash = createHash('sha256').update(THREE).digest('hex');
      const send = async (query?: string): Promise<GraphqlAnswer['body']> => {
        const extensions = { persistedQuery: { version: 1, sha256Hash } };
        const response = await fetch(headgate.graphql, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(query === undefined ? { extensions } : { query, extensions }),
        });
        return (await response.json()) as GraphqlAnswer['body'];
      };
      expect((await send(THREE)).errors).toBeUndefined();
      expect((await send()).errors).toBeUndefined();
      write('headgate.yaml', `${head}limits: { max_aliases: 2 }\n${source}`);
      await headgate.logged('config.reloaded');
      const refused = { errors: [{ extensions: { code: 'OPERATION_LIMIT_EXCEEDED' } }] };
      expect(await send()).toMatchObject(refused);
      expect((await ask(headgate.graphql, THREE)).body).toMatchObject(refused);
      expect(await send()).toMatchObject(refused);
      expect((await ask(headgate.graphql, THREE)).body).toMatchObject(refused);
    } finally {
      await headgate.stop();
    }
  });
});
