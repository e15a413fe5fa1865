import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../gateway/package-root';
import { composeSubgraphs } from '../../gateway/supergraph/compose';
import { ask, startHeadgate } from '../fixtures/headgate-process';
import { filesBelow, type PackedProject, packedProject, provide } from '../fixtures/packed-project';
import { reservedPort } from '../fixtures/reserved-port';

const SDL = 'type Query { hello: String }';
const USE = `
const subgraph = process.argv[2];
const server = new ApolloServer({ gateway: new HeadgateGateway({
  supergraphSdl: new IntrospectAndCompose({ subgraphs: [{ name: 'greetings', url: subgraph }] }),
}) });
const use = async () => {
  await server.start();
  const { body } = await server.executeOperation({ query: '{ hello }' });
  await server.stop();
  console.log(JSON.stringify(body.singleResult));
};
use().catch((error) => { console.log(error.code, error.message); });
`;
const HOSTS = {
  'host.mjs': `import { ApolloServer } from '@apollo/server';
import { IntrospectAndCompose } from '@apollo/gateway';
import { HeadgateGateway } from 'headgate';
${USE}`,
  'host.cjs': `const { ApolloServer } = require('@apollo/server');
const { IntrospectAndCompose } = require('@apollo/gateway');
const { HeadgateGateway } = require('headgate');
${USE}`,
};
const TYPED = `import { ApolloServer } from '@apollo/server';
import { IntrospectAndCompose, RemoteGraphQLDataSource } from '@apollo/gateway';
import { type Config, createGateway, ERROR_CODES, type Gateway, HeadgateGateway, isHeadgateError, loadConfig } from 'headgate';

export const server = new ApolloServer({
  gateway: new HeadgateGateway({
    supergraphSdl: new IntrospectAndCompose({ subgraphs: [{ name: 'greetings', url: 'http://127.0.0.1:1/' }] }),
    buildService: ({ url }) => new RemoteGraphQLDataSource({ ...(url === undefined ? {} : { url }) }),
    config: { limits: { max_depth: 10 } },
  }),
});
export async function gateway(path: string): Promise<Gateway> {
  const loaded = await loadConfig({ path });
  const config: Config = loaded.config;
  return createGateway({ ...loaded, config });
}
export const meaning = (error: unknown): string | null => (isHeadgateError(error) ? ERROR_CODES[error.code] : null);
// @ts-expect-error the types are ours, not any
export const wrong = new HeadgateGateway({ supergraphSdl: 7 });
`;

interface Ran {
  readonly code: number;
  readonly said: string;
}

/** Runs node on a file of the project, to its end; `said` is both streams. */
function node(folder: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: `${stdout}${stderr}` }),
    );
  });
}

let project: PackedProject;
let subgraph: Server;
let url: string;

beforeAll(async () => {
  project = packedProject(mkdtempSync(join(tmpdir(), 'hg-package-')));
  for (const [file, text] of Object.entries(HOSTS)) writeFileSync(join(project.folder, file), text);
  subgraph = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const data = body.includes('_service') ? { _service: { sdl: SDL } } : { hello: 'world' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
  });
  await new Promise<void>((resolve) => subgraph.listen(0, '127.0.0.1', resolve));
  // as: it listens on a port
  url = `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}/`;
});

afterAll(() => {
  subgraph.close();
  subgraph.closeAllConnections();
  rmSync(project.folder, { recursive: true, force: true });
});

describe('what npm packs', () => {
  it('is what users need and nothing else', () => {
    const files = filesBelow(project.installed);
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'dist/gateway/main.js',
        'dist/gateway/index.d.ts',
        'dist/graphiql/manifest.json',
        'dist/subgraphs/products/main.js',
        'schema/headgate.schema.json',
        'schema/headgate.yaml',
      ]),
    );
    const known =
      /^(LICENSE|[A-Z]+\.md|package\.json|schema\/.+|dist\/graphiql\/.+|dist\/(gateway|subgraphs)\/.+(\.js|\.d\.ts))$/;
    expect(files.filter((file) => !known.test(file) || /\.headgate|\.map$|\.test\./.test(file))).toEqual([]);
  });

  it('may be published: nothing keeps it private, and provenance is asked for', () => {
    const described = JSON.parse(readFileSync(join(project.installed, 'package.json'), 'utf8'));
    expect(described).not.toHaveProperty('private');
    expect(described.publishConfig).toEqual({ access: 'public', provenance: true });
    expect(described.license).toBe('Apache-2.0');
  });
});

describe('the packed package in an empty project', () => {
  it.each(Object.keys(HOSTS))('serves a host that is %s', async (file) => {
    expect(await node(project.folder, file, url)).toEqual({ code: 0, said: '{"data":{"hello":"world"}}\n' });
  });

  it.each([
    ['node16', 'node16', ['use.mts', 'use.cts']],
    ['esnext', 'bundler', ['use.ts']],
  ])('has types for a strict project: module %s, resolution %s', async (module, moduleResolution, files) => {
    for (const name of ['@types/node', 'undici-types']) provide(project.folder, name);
    for (const file of files) writeFileSync(join(project.folder, file), TYPED);
    const tsc = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = `--strict --noEmit --target es2022 --types node --skipLibCheck false --ignoreConfig`.split(' ');
    const args = [...options, '--module', module, '--moduleResolution', moduleResolution, ...files];
    expect(await node(project.folder, tsc, ...args)).toEqual({ code: 0, said: '' });
  });

  it('has a command that answers from a supergraph', async () => {
    const { sdl } = await composeSubgraphs([{ name: 'greetings', url, sdl: SDL }]);
    writeFileSync(join(project.folder, 'supergraph.graphql'), sdl);
    const main = join(project.folder, 'headgate');
    symlinkSync(join(project.installed, 'dist/gateway/main.js'), main); // as npm does in .bin
    const args = ['serve', '--supergraph', 'supergraph.graphql', '--port', '0'];
    const program = await startHeadgate(args, { main, cwd: project.folder });
    expect((await ask(program.graphql, '{ hello }')).body).toEqual({ data: { hello: 'world' } });
    expect(await program.stop()).toBe(0);
  });

  it('has a demo that writes nothing into the package', async () => {
    const config = join(project.installed, 'schema', 'headgate.yaml');
    const ports = new Map<string, number>();
    for (const [, port = ''] of readFileSync(config, 'utf8').matchAll(/127\.0\.0\.1:(\d+)/g))
      ports.set(port, await reservedPort());
    const moved = readFileSync(config, 'utf8').replaceAll(
      /127\.0\.0\.1:(\d+)/g,
      (_, port) => `127.0.0.1:${ports.get(port)}`,
    );
    writeFileSync(config, moved);
    const before = filesBelow(project.installed);
    const main = join(project.installed, 'dist/gateway/main.js');
    const program = await startHeadgate(['demo'], { main, cwd: project.folder, env: { HEADGATE_ADMIN_PORT: '' } });
    const { body } = await ask(
      program.graphql,
      '{ products(first: 1) { warehouse { city } reviews(first: 1) { text } } }',
    );
    expect(body).toEqual({ data: { products: [expect.objectContaining({ warehouse: expect.anything() })] } });
    expect(await program.stop()).toBe(0);
    expect(filesBelow(project.installed)).toEqual(before);
  });
});

describe('the graphql of the project', () => {
  it('may be the oldest that Apollo Server 5 allows; the host is told what a newer one does better', async () => {
    project.replace('graphql', 'graphql-lowest');
    const { code, said } = await node(project.folder, 'host.cjs', url);
    expect(code).toBe(0);
    expect(said).toContain('{"data":{"hello":"world"}}');
    expect(said).toMatch(
      /HeadgateWarning: graphql 16\.11\.0 in \S+ may take seconds .* npm install graphql@\^16\.15\.0/,
    );
  });

  it('must be newer where headgate itself listens', async () => {
    const main = join(project.installed, 'dist/gateway/main.js');
    const { code, said } = await node(
      project.folder,
      main,
      'serve',
      '--supergraph',
      'supergraph.graphql',
      '--port',
      '0',
    );
    expect(code).toBe(3);
    expect(said).toMatch(
      /^error\[PEER_UNFIT\] headgate needs graphql \^16\.15\.0 and found 16\.11\.0 in \S+: npm install graphql@\^16\.15\.0\n$/,
    );
  });

  it('must be of a version that works, whoever loads headgate', async () => {
    const graphql = join(project.folder, 'node_modules/graphql');
    writeFileSync(join(graphql, 'package.json'), '{ "name": "graphql", "version": "17.0.0", "main": "index.js" }');
    const message = 'headgate needs graphql ^16.11.0 and found 17.0.0 in ';
    const main = join(project.installed, 'dist/gateway/main.js');
    const command = await node(project.folder, main, '--version');
    expect({ ...command, said: command.said.split(graphql)[0] }).toEqual({
      code: 3,
      said: `error[PEER_UNFIT] ${message}`,
    });
    const embedded = await node(project.folder, '-e', "require('headgate')");
    expect(embedded.said).toContain(message);
    rmSync(graphql, { recursive: true });
  });

  it('must be one', async () => {
    provide(project.folder, 'graphql');
    // A linked checkout, as `npm link` makes it, has its own copy.
    rmSync(project.installed, { recursive: true });
    symlinkSync(packageRoot, project.installed);
    const { said } = await node(project.folder, 'host.cjs', url);
    expect(said).toMatch(
      /^PEER_UNFIT the Apollo Server around HeadgateGateway has another copy of graphql than headgate/,
    );
  });
});
