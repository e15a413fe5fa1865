import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type ServiceProcess, startService } from '../../gateway/cli/demo/service-process';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { sampleOperations } from '../fixtures/sample-operations';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const STOP_MS = 5_000;

describe('subgraphs that are asked for their schemas', () => {
  const directory = temporaryDirectories();
  const restarted: ServiceProcess[] = [];
  let folder: string;
  let services: ExampleServices;

  beforeAll(async () => {
    folder = directory();
    services = await startExampleServices({ restarts: true });
    const config = exampleConfig(services, { schemas: 'introspect', checkpoint: './last-good' });
    writeFileSync(join(folder, 'headgate.yaml'), config);
  });

  afterAll(async () => {
    await services.stop();
    await Promise.all(restarted.map((service) => service.stop(STOP_MS)));
  });

  async function stopServices(...names: string[]): Promise<void> {
    await Promise.all(names.map((name) => services.processes.get(name)?.stop(STOP_MS)));
  }

  async function startAgain(service: string, url: string): Promise<void> {
    const { port } = new URL(url);
    restarted.push(await startService({ service, instance: service, port: Number(port), deadlineMs: 120_000 }));
  }

  /** Asks until an operation of the example is answered without errors. */
  async function eventuallyAnswers(headgate: HeadgateProcess): Promise<void> {
    const query = '{ product(upc: "1001") { name inStock reviews(first: 1) { author { displayName } } } }';
    while ((await ask(headgate.graphql, query)).body.errors !== undefined) await pause(10);
  }

  it('make a gateway that answers every operation', async () => {
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    try {
      for (const { query, variables } of sampleOperations()) {
        const { body } = await ask(headgate.graphql, query, variables);
        expect(body.errors).toBeUndefined();
      }
    } finally {
      expect(await headgate.stop()).toBe(0);
    }
  });

  it('may be down when the gateway starts: the checkpoint serves, and they return by themselves', async () => {
    await stopServices('accounts', 'products-1', 'reviews');
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    try {
      await headgate.logged('supergraph.checkpoint.used');
      expect((await ask(headgate.graphql, '{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
      const { status, body } = await ask(headgate.graphql, '{ product(upc: "1001") { name } }');
      expect(status).toBe(200);
      expect(body.errors?.[0]?.extensions?.code).toBe('SUBGRAPH_UNREACHABLE');
      await Promise.all([
        startAgain('accounts', services.accounts),
        startAgain('products', services.products[0] ?? ''),
        startAgain('reviews', services.reviews),
      ]);
      await eventuallyAnswers(headgate);
    } finally {
      expect(await headgate.stop()).toBe(0);
    }
  }, 240_000);
});
