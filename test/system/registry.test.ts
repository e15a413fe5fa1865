import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../gateway/package-root';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import {
  ask,
  type CommandResult,
  type HeadgateProcess,
  runHeadgate,
  startHeadgate,
} from '../fixtures/headgate-process';
import { ownSdl } from '../fixtures/local-registry';
import { type QueryLoop, startQueryLoop } from '../fixtures/query-loop';
import { sampleOperations } from '../fixtures/sample-operations';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const TOKEN = 'a-token-for-this-test';
const PUBLISHERS = 8;
const PRODUCT = '{ product(upc: "1001") { name } }';

/** One story, told in order: a team starts with nothing but an empty folder. */
describe('headgate serve in an empty folder', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let services: ExampleServices;
  let headgate: HeadgateProcess;
  let loop: QueryLoop;

  const serve = () => startHeadgate(['serve', '--port', '0'], { cwd: folder, env: { HEADGATE_ADMIN_TOKEN: TOKEN } });

  function command(...args: string[]): Promise<CommandResult> {
    const env = { HEADGATE_ADMIN_TOKEN: TOKEN, HEADGATE_ADMIN_URL: headgate.admin };
    return runHeadgate([...args, '--format', 'json'], { cwd: folder, env });
  }

  const schemaFile = (name: string) => join(packageRoot, 'schema', name);

  function publish(name: string, file: string, ...urls: string[]): Promise<CommandResult> {
    return command('subgraph', 'publish', name, '--schema', file, ...urls.flatMap((url) => ['--url', url]));
  }

  function dataOf<Data>({ stdout }: CommandResult): Data {
    // The envelope's form is the contract's; the expectations check the rest.
    return (JSON.parse(stdout) as { data: Data }).data;
  }

  const headers = { authorization: `Bearer ${TOKEN}` };

  beforeAll(async () => {
    folder = directory();
    services = await startExampleServices();
    headgate = await serve();
  });

  afterAll(async () => {
    await loop?.stop();
    await headgate.stop();
    await services.stop();
  });

  it('is not ready, and says so to clients', async () => {
    const { origin } = new URL(headgate.graphql);
    expect((await fetch(`${origin}/health/ready`)).status).toBe(503);
    const { status, body } = await ask(headgate.graphql, '{ __typename }');
    expect(status).toBe(503);
    expect(body.errors?.[0]?.extensions?.code).toBe('GATEWAY_NOT_READY');
  });

  it('asks for the token', async () => {
    const url = `${headgate.admin}/registry/graphs/default/subgraphs`;
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(url, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await fetch(url, { headers })).status).toBe(200);
  });

  it('serves the first subgraph as soon as it is published', async () => {
    const { code, stdout } = await publish('products', schemaFile('products.graphql'), services.products[0] ?? '');
    expect(stdout).toContain('"supergraph_was_updated":true');
    expect(code).toBe(0);
    expect((await ask(headgate.graphql, PRODUCT)).body).toEqual({
      data: { product: { name: 'The Keeper of the Northern Light' } },
    });
    loop = startQueryLoop(headgate.graphql, { query: PRODUCT, clients: 8, pauseMs: 20 });
  });

  it('takes the others while clients ask', async () => {
    const inventory = schemaFile('inventory.rest.graphql');
    expect((await publish('accounts', schemaFile('accounts.graphql'), services.accounts)).code).toBe(0);
    expect((await publish('inventory', inventory, services.inventory)).code).toBe(0);
    expect((await publish('reviews', schemaFile('reviews.graphql'), services.reviews)).code).toBe(0);
    for (const { query, variables } of sampleOperations())
      expect((await ask(headgate.graphql, query, variables)).body.errors).toBeUndefined();
  });

  it('refuses what does not compose: exit 1, the place, and nothing changed', async () => {
    const wrong = join(folder, 'wrong.graphql');
    writeFileSync(wrong, 'type Query {\n  reviews: Undefined\n}\n');
    const { code, stdout, stderr } = await publish('reviews', wrong);
    expect(code).toBe(1);
    expect(stderr).toContain('COMPOSITION_FAILED');
    const envelope = JSON.parse(stdout) as { error: { details: { problems: unknown } } };
    expect(envelope.error.details.problems).toMatchObject([{ subgraph: 'reviews', line: 2, column: 12 }]);
    expect(dataOf<{ revision: number }>(await command('subgraph', 'list')).revision).toBe(4);
  });

  it('hands the supergraph to other gateways, by its tag', async () => {
    const url = `${headgate.admin}/graphs/default/supergraph`;
    const first = await fetch(url, { headers });
    expect(await first.text()).toContain('join__Graph');
    const etag = first.headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { ...headers, 'if-none-match': etag } })).status).toBe(304);
  });

  it('rolls back', async () => {
    expect((await command('supergraph', 'rollback', '3')).code).toBe(0);
    const refused = await ask(headgate.graphql, '{ latestContributions { __typename } }');
    expect(refused.body.errors?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect((await command('supergraph', 'rollback', '4')).code).toBe(0);
    expect((await ask(headgate.graphql, '{ latestContributions { __typename } }')).body.errors).toBeUndefined();
  });

  it('loses nothing of eight publishers at once', async () => {
    const names = Array.from({ length: PUBLISHERS }, (_, index) => `team${index}`);
    const results = await Promise.all(
      names.map((name) => {
        const file = join(folder, `${name}.graphql`);
        writeFileSync(file, ownSdl(name));
        return command('subgraph', 'publish', name, '--schema', file, '--url', services.accounts, '--create');
      }),
    );
    expect(results.map(({ code }) => code)).toEqual(names.map(() => 0));
    const { subgraphs } = dataOf<{ subgraphs: { name: string }[] }>(await command('subgraph', 'list'));
    expect(subgraphs.map(({ name }) => name).sort()).toEqual(
      ['accounts', 'inventory', 'products', 'reviews', ...names].sort(),
    );
  });

  it('has not lost a request meanwhile', async () => {
    await loop.more(100);
    const { answers, failures } = await loop.stop();
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(100);
  });

  it('has everything after kill -9', async () => {
    const history = await command('supergraph', 'history');
    headgate.child.kill('SIGKILL');
    await headgate.exited;
    headgate = await serve();
    expect((await command('supergraph', 'history')).stdout).toBe(history.stdout);
    for (const { query, variables } of sampleOperations())
      expect((await ask(headgate.graphql, query, variables)).body.errors).toBeUndefined();
  });
});
