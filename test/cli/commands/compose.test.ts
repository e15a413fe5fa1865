import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reservedPort } from '../../fixtures/reserved-port';
import { sdlAnswer, startSdlServer } from '../../fixtures/sdl-server';

const MAIN = join(__dirname, '../../../gateway/main.js');

const ROVER = `federation_version: =2.9.0
subgraphs:
  users:
    routing_url: http://127.0.0.1:4001/graphql
    schema:
      file: ./sdl/users.graphql
  inline:
    routing_url: \${env.INLINE_URL:-http://127.0.0.1:4002}
    schema:
      sdl: "type Query { inline: Int }"
`;

const WGC = `version: 1
subgraphs:
  - name: users
    routing_url: http://127.0.0.1:4001/graphql
    schema:
      file: ./sdl/users.graphql
`;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('headgate compose', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-compose-'));
    await mkdir(join(folder, 'sdl'));
    await writeFile(join(folder, 'sdl', 'users.graphql'), 'type Query { me: User }\ntype User { name: String }\n');
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function yaml(text: string): Promise<string> {
    const path = join(folder, 'supergraph.yaml');
    await writeFile(path, text);
    return path;
  }

  function run(...args: string[]): Promise<Outcome> {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, NO_COLOR: '1' } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  }

  it("prints the supergraph of Rover's form on stdout", async () => {
    const { code, stdout, stderr } = await run('compose', '--config', await yaml(ROVER));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('USERS @join__graph(name: "users", url: "http://127.0.0.1:4001/graphql")');
    expect(stdout).toContain('INLINE @join__graph(name: "inline", url: "http://127.0.0.1:4002")');
  });

  it("prints the supergraph of wgc's list form", async () => {
    const { code, stdout } = await run('compose', '--config', await yaml(WGC));
    expect(code).toBe(0);
    expect(stdout).toContain('USERS @join__graph(name: "users", url: "http://127.0.0.1:4001/graphql")');
  });

  it('writes the supergraph to a file', async () => {
    const output = join(folder, 'out', 'supergraph.graphql');
    const { code, stdout, stderr } = await run('compose', '--config', await yaml(WGC), '--output', output);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: `wrote ${output}\n` });
    expect(await readFile(output, 'utf8')).toContain('enum join__Graph');
  });

  it('prints one JSON envelope', async () => {
    const { stdout } = await run('--format', 'json', 'compose', '--config', await yaml(WGC));
    expect(JSON.parse(stdout)).toEqual({
      json_version: '1',
      data: { sdl: expect.stringContaining('join__Graph'), hints: [] },
      error: null,
    });
  });

  it('asks a running subgraph, and routes to it', async () => {
    const server = await startSdlServer(sdlAnswer('type Query { running: Int }'));
    const config = await yaml(`subgraphs: { live: { schema: { subgraph_url: "${server.url}" } } }`);
    const { code, stdout } = await run('compose', '--config', config);
    await server.close();
    expect(code).toBe(0);
    expect(stdout).toContain(`LIVE @join__graph(name: "live", url: "${server.url}")`);
  });

  it('exits 1 and names the subgraph that does not answer', async () => {
    const url = `http://127.0.0.1:${await reservedPort()}/graphql`;
    const config = await yaml(`subgraphs: { live: { schema: { subgraph_url: "${url}" } } }`);
    const { code, stdout, stderr } = await run('compose', '--config', config);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('live SUBGRAPH_UNREACHABLE');
  });

  it('exits 1 and names subgraph, line, column and code of what does not compose', async () => {
    await writeFile(join(folder, 'sdl', 'broken.graphql'), 'type Query {\n  x: Nope\n}\n');
    const config = await yaml(WGC.replace('users.graphql', 'broken.graphql'));
    const { code, stdout, stderr } = await run('compose', '--config', config);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('users:2:6 INVALID_GRAPHQL Unknown type Nope');
  });

  it('puts the problems into the JSON envelope', async () => {
    const config = await yaml('subgraphs: { a: { schema: { sdl: "type Query {" } } }');
    const { code, stdout } = await run('--format', 'json', 'compose', '--config', config);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      data: null,
      error: { code: 'COMPOSITION_FAILED', details: { problems: [{ subgraph: 'a', line: 1, column: 13 }] } },
    });
  });

  it.each([
    ['a syntax error', 'subgraphs:\n  a: {\n', 3],
    ['no subgraphs', 'version: 1\nsubgraphs: {}\n', 2],
    ['a subgraph without a schema', 'subgraphs:\n  a:\n    routing_url: http://x\n', 2],
    ['a subgraph without a name', 'subgraphs:\n  - routing_url: http://x\n    schema: { sdl: "" }\n', 2],
    ['a file that is missing', 'subgraphs:\n  a:\n    schema:\n      file: ./none.graphql\n', 4],
    ['a URL that is none', 'subgraphs:\n  a:\n    schema:\n      subgraph_url: nowhere\n', 4],
    ['a variable that is not set', `subgraphs:\n  a:\n    schema:\n      sdl: \${env.NOT_SET_ANYWHERE}\n`, 4],
    [
      'a key that is misspelt',
      'subgraphs:\n  a:\n    routing_ulr: http://x\n    schema: { sdl: "type Query { a: Int }" }\n',
      3,
    ],
    [
      'a key of the file that is unknown',
      'subgraphs: { a: { schema: { sdl: "type Query { a: Int }" } } }\nsubgraps: {}\n',
      2,
    ],
    ['Federation 1', 'federation_version: =1.1\nsubgraphs: { a: { schema: { sdl: "" } } }\n', 1],
  ])('exits 3 with the line of %s', async (_, text, line) => {
    const config = await yaml(text);
    const { code, stdout, stderr } = await run('compose', '--config', config);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`${config}:${line}:`);
  });

  it('exits 3 when the YAML is missing', async () => {
    const { code, stderr } = await run('compose', '--config', join(folder, 'none.yaml'));
    expect(code).toBe(3);
    expect(stderr).toContain('none.yaml cannot be read (ENOENT)');
  });
});
