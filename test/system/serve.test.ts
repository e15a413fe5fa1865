import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { composeExample } from '../fixtures/example-supergraph';
import { ask, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { sampleOperations } from '../fixtures/sample-operations';

describe('headgate serve', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-serve-'));
  const supergraph = join(folder, 'supergraph.graphql');
  let services: ExampleServices;
  let sdl: string;

  beforeAll(async () => {
    services = await startExampleServices({ products: 3 });
    sdl = await composeExample(services);
    writeFileSync(supergraph, sdl);
  });

  afterAll(async () => {
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('with a supergraph and no other file', () => {
    let headgate: HeadgateProcess;
    beforeAll(async () => {
      headgate = await startHeadgate(['serve', '--supergraph', supergraph, '--port', '0'], { cwd: folder });
    });
    afterAll(() => headgate.stop());

    it.each(sampleOperations())('answers $name', async ({ query, variables }) => {
      const { status, body } = await ask(headgate.graphql, query, variables);
      expect(body.errors).toBeUndefined();
      expect(body.data).not.toBeNull();
      expect(status).toBe(200);
    });

    it('says that it is ready', async () => {
      const { origin } = new URL(headgate.graphql);
      expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
      expect((await fetch(`${headgate.admin}/health/live`)).status).toBe(200);
    });

    it('writes one JSON line a request, with the subgraph calls', async () => {
      await ask(headgate.graphql, 'query Watched { product(upc: "1001") { name inStock } }');
      const line = JSON.parse(await headgate.logged('"Watched"'));
      expect(line).toMatchObject({ operation: 'Watched', status: 200 });
      expect(JSON.stringify(line)).toContain('"inventory"');
    });

    it('refuses a taken port with its number and the flag', async () => {
      const { port } = new URL(headgate.graphql);
      const args = ['serve', '--supergraph', supergraph, '--port', port];
      const { code, stderr } = await runHeadgate(args, { cwd: folder });
      expect(code).toBe(3);
      expect(stderr).toContain(port);
      expect(stderr).toContain('--port');
    });

    it('keeps internals from clients', async () => {
      const { body } = await ask(headgate.graphql, '{ nope }');
      expect(JSON.stringify(body)).not.toContain('127.0.0.1');
      expect(JSON.stringify(body)).not.toContain('stack');
    });
  });

  it('follows the supergraph file, and keeps the old one when the new one is broken', async () => {
    const file = join(folder, 'watched.graphql');
    const replace = (text: string) => {
      writeFileSync(`${file}.next`, text);
      renameSync(`${file}.next`, file);
    };
    writeFileSync(file, sdl);
    const headgate = await startHeadgate(['serve', '--supergraph', file, '--port', '0'], { cwd: folder });
    try {
      replace('type Query { broken: ');
      await headgate.logged('SUPERGRAPH_INVALID');
      expect((await ask(headgate.graphql, '{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
      replace(sdl.replace(/^type Warehouse/m, '"""Where products are kept."""\ntype Warehouse'));
      while (headgate.lines('supergraph.activated', file).length < 2) await pause(20);
    } finally {
      expect(await headgate.stop()).toBe(0);
    }
  });

  it('goes on answering while an instance of a pool dies', async () => {
    const config = join(folder, 'pool.yaml');
    writeFileSync(
      config,
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: file, path: ${supergraph}, checkpoint: false }
planning: { deadline: 1m }
subgraphs:
  products:
    instances:
${services.products.map((url) => `      - { url: "${url}" }`).join('\n')}
`,
    );
    const headgate = await startHeadgate(['serve', '--config', config], { cwd: folder });
    try {
      const query = '{ product(upc: "1001") { name } }';
      const answers: unknown[] = [];
      for (let count = 0; count < 60; count++) {
        if (count === 20) process.kill(services.processes.get('products-3')?.pid ?? 0, 'SIGKILL');
        answers.push((await ask(headgate.graphql, query)).body);
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).not.toHaveProperty('errors');
    } finally {
      expect(await headgate.stop()).toBe(0);
    }
  });

  it('exits 1 and says where a supergraph is wrong', async () => {
    const file = join(folder, 'wrong.graphql');
    writeFileSync(file, 'type Query { a: Int }');
    const { code, stderr } = await runHeadgate(['serve', '--supergraph', file, '--port', '0'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('SUPERGRAPH_INVALID');
  });
});
