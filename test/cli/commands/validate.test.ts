import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configFolders } from '../../fixtures/config-folder';
import { runHeadgate } from '../../fixtures/headgate-process';
import { adapterSdl } from '../../fixtures/rest-adapter';

describe('headgate validate', () => {
  const configFolder = configFolders();

  it('exits 0 for ./headgate.yaml when that is right', async () => {
    const { folder, write } = configFolder();
    const path = write('headgate.yaml', 'server: { listen: 4000 }');
    expect(await runHeadgate(['validate'], { cwd: folder })).toEqual({
      code: 0,
      stdout: `${path} is valid\n`,
      stderr: '',
    });
  });

  it('exits 3 and says where when it is wrong', async () => {
    const path = configFolder().write('headgate.yaml', 'server:\n  lisen: 4000\n');
    expect(await runHeadgate(['validate', '--config', path])).toEqual({
      code: 3,
      stdout: '',
      stderr: `error[CONFIG_INVALID] ${path}:2:3 server.lisen: unknown key; did you mean listen?\n`,
    });
  });

  it('puts the problems into the envelope', async () => {
    const path = configFolder().write('headgate.yaml', 'server:\n  lisen: 4000\n');
    const { stdout } = await runHeadgate(['validate', '--config', path, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      json_version: '1',
      data: null,
      error: {
        code: 'CONFIG_INVALID',
        details: { problems: [{ path: 'server.lisen', line: 2, column: 3, nearest: 'listen' }] },
      },
    });
  });

  it('mentions keys that are not in effect on stderr', async () => {
    const path = configFolder().write('headgate.yaml', 'cache: {}');
    const { code, stderr } = await runHeadgate(['validate', '--config', path]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'cache is accepted and not in effect in this version\n',
    });
  });

  it('exits 3 when there is nothing to validate', async () => {
    const { code, stderr } = await runHeadgate(['validate'], { cwd: configFolder().folder });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr:
        'error[USAGE] there is no ./headgate.yaml; name a file with --config FILE, or write one with: headgate init\n',
    });
  });

  it('says that an empty file is an empty registry', async () => {
    const path = configFolder().write('headgate.yaml', '');
    const { code, stderr } = await runHeadgate(['validate', '--config', path]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `${path} says nothing: a gateway that serves what is published to it. headgate init writes an example\n`,
    });
  });

  describe('looks at what would be served', () => {
    const CONFIG = 'subgraphs:\n  a: { schema: { file: ./a.graphql }, url: "http://127.0.0.1:9/" }\n';
    const REST = 'subgraphs:\n  a: { rest: ./a.graphql }\n';
    const SOURCE =
      'extend schema @link(url: "https://specs.apollo.dev/connect/v0.2", import: ["@connect", "@source"])\n';

    it.each([
      [
        'an SDL that does not parse',
        CONFIG,
        'type Query {\n  a: \n}',
        'FILE:3:1 Syntax Error: Expected Name, found "}".',
      ],
      ['an SDL that is empty', CONFIG, '\n', 'FILE is empty; write the SDL of a into it, or take the subgraph out'],
      [
        'an SDL that does not compose',
        CONFIG,
        'type Query { a: Strng }',
        'FILE:1:17 INVALID_GRAPHQL Unknown type Strng',
      ],
      [
        'an adapter that names no source',
        REST,
        `${SOURCE}type Query {\n  a: Int @connect(source: "api", http: { GET: "/a" }, selection: "$")\n}`,
        'FILE:3:',
      ],
      [
        'a supergraph that is none',
        'supergraph: { path: ./a.graphql }',
        'type Query { a: Int }',
        'FILE: this is not a supergraph',
      ],
      ['a supergraph that is empty', 'supergraph: { path: ./a.graphql }', '', 'FILE is empty'],
    ])('%s', async (_, config, sdl, message) => {
      const { write } = configFolder();
      const file = write('a.graphql', sdl);
      const path = write('headgate.yaml', config);
      const { code, stdout, stderr } = await runHeadgate(['validate', '--config', path]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(message.replace('FILE', file));
    });

    it('names every fault at once', async () => {
      const { write } = configFolder();
      const files = [write('a.graphql', 'type'), write('b.graphql', ' ')];
      const entries = ['a', 'b'].map(
        (name) => `  ${name}: { schema: { file: ./${name}.graphql }, url: "http://127.0.0.1:9/" }`,
      );
      const path = write('headgate.yaml', `subgraphs:\n${entries.join('\n')}\n`);
      const { stderr } = await runHeadgate(['validate', '--config', path]);
      for (const file of files) expect(stderr).toContain(file);
    });

    it('names headers that an adapter asks for and no rule lets through', async () => {
      const { write } = configFolder();
      const headers = 'headers: [{ name: "authorization", from: "authorization" }]';
      write(
        'users.graphql',
        adapterSdl(
          `type Query { me: String @connect(source: "api", http: { GET: "/me", ${headers} }, selection: "$.name") }`,
        ),
      );
      const subgraphs =
        'subgraphs: { users: { rest: ./users.graphql, sources: { api: { url: "http://127.0.0.1:9" } } } }\n';
      const path = write('headgate.yaml', subgraphs);
      const without = await runHeadgate(['validate', '--config', path]);
      expect(without.code).toBe(0);
      const remedy = 'headers.subgraphs.users.request: [ { propagate: { named: authorization } } ]';
      expect(without.stderr).toContain(remedy);
      const [section = '', rule = ''] = remedy.split(': [');
      expect(section).toBe('headers.subgraphs.users.request');
      write('headgate.yaml', `${subgraphs}headers: { subgraphs: { users: { request: [${rule} } } }\n`);
      expect(await runHeadgate(['validate', '--config', path])).toMatchObject({ code: 0, stderr: '' });
    });

    it('asks running subgraphs, and leaves them alone with --offline', async () => {
      const { write } = configFolder();
      const sdl = 'extend type Query { b: Int }';
      const asked: string[] = [];
      const subgraph = createServer((request, response) => {
        asked.push(request.url ?? '');
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: { _service: { sdl } } }));
      }).listen(0, '127.0.0.1');
      await once(subgraph, 'listening');
      // as: it listens on a port
      const url = `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}/b`;
      write('a.graphql', 'type Query { a: Int }');
      const path = write('headgate.yaml', `${CONFIG}  b: { schema: { introspect: true }, url: "${url}" }\n`);

      const offline = await runHeadgate(['validate', '--offline', '--config', path, '--format', 'json']);
      expect(offline.code).toBe(0);
      expect(offline.stderr).toContain('subgraph b was not asked for an SDL');
      expect(JSON.parse(offline.stdout).data).toMatchObject({ subgraphs: ['a'], composed: false, not_asked: ['b'] });
      expect(asked).toEqual([]);

      const online = await runHeadgate(['validate', '--config', path, '--format', 'json']);
      expect(JSON.parse(online.stdout).data).toMatchObject({ subgraphs: ['a', 'b'], composed: true, not_asked: [] });
      expect(asked).toEqual(['/b']);

      subgraph.close();
      subgraph.closeAllConnections();
      await once(subgraph, 'close');
      const gone = await runHeadgate(['validate', '--config', path]);
      expect(gone.code).toBe(1);
      expect(gone.stderr).toContain('error[SUBGRAPH_UNREACHABLE] cannot ask subgraph b for its SDL');
      expect(gone.stderr).toContain('start it, or leave it out with --offline');
    });
  });
});
