import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const PRODUCT = 'query Product($upc: ID!) { product(upc: $upc) { upc name } }';
const ME = '{ product(upc: "1002") { upc } }';
const MANIFEST = {
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [{ id: 'product', name: 'Product', type: 'query', body: PRODUCT }],
};

describe.each([1, 2])('persisted documents with --workers %i', (workers) => {
  const directory = temporaryDirectories();
  let services: ExampleServices;
  let headgate: HeadgateProcess;
  let cwd: string;

  beforeAll(async () => {
    services = await startExampleServices();
  });
  afterEach(() => headgate.stop());
  afterAll(() => services.stop());

  async function serve(section: string, manifest: object = MANIFEST): Promise<void> {
    cwd = directory();
    write(manifest);
    writeFileSync(
      join(cwd, 'headgate.yaml'),
      exampleConfig(services, { more: `persisted_documents: ${section}\nplugins: []` }),
    );
    headgate = await startHeadgate(['serve', '--workers', String(workers)], { cwd });
  }

  /** As deployments write: in one step. */
  function write(manifest: object): void {
    writeFileSync(join(cwd, 'new.json'), JSON.stringify(manifest));
    renameSync(join(cwd, 'new.json'), join(cwd, 'manifest.json'));
  }

  async function ask(body: object): Promise<{ readonly status: number; readonly body: object }> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(headgate.graphql, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as object };
  }

  const refused = (status: number, code: string) => ({ status, body: { errors: [{ extensions: { code } }] } });
  const variables = { upc: '1001' };
  const product = { status: 200, body: { data: { product: { upc: '1001' } } } };

  it('are planned before the first client comes, answered by id, and all that is answered', async () => {
    await serve('{ manifests: [ ./manifest.json ], require: id }');
    await headgate.logged('"event":"persisted.planned"', '"documents":1', '"planned":1', '"invalid":0', '"late":0');
    const metrics = async () => (await fetch(new URL('/metrics', headgate.admin))).text();
    const planned = (text: string) =>
      [...text.matchAll(/^headgate_planning_duration_seconds_count(?:\{.*\})? (\d+)$/gm)].map(([, count]) => count);
    const before = planned(await metrics());
    expect(before.length).toBeGreaterThan(0);
    for (let at = 0; at < 6; at++) {
      expect(await ask({ documentId: 'product', variables })).toMatchObject(product);
      expect(await ask({ documentId: 'product', operationName: 'Product', variables })).toMatchObject(product);
      expect(await ask({ query: PRODUCT, variables })).toMatchObject(refused(400, 'PERSISTED_QUERY_ID_REQUIRED'));
    }
    expect(planned(await metrics())).toEqual(before);
    expect(await metrics()).toMatch(/headgate_persisted_documents_total\{.*result="found".*\} \d/);
  });

  it('are those of the manifest as it is now: a new one is taken over, one that is wrong is not', async () => {
    await serve('{ manifests: [ ./manifest.json ], require: true }');
    expect(await ask({ documentId: 'me' })).toMatchObject(refused(404, 'PERSISTED_QUERY_NOT_IN_LIST'));
    write({ me: ME, gone: '{ nothing }' });
    await headgate.logged('"event":"config.reloaded"');
    await headgate.logged('"event":"persisted.planned"', '"documents":2', '"planned":1', '"invalid":1');
    for (let at = 0; at < 4; at++) {
      expect(await ask({ documentId: 'me' })).toMatchObject({
        status: 200,
        body: { data: { product: { upc: '1002' } } },
      });
      expect(await ask({ query: ME })).toMatchObject({ status: 200 });
      expect(await ask({ documentId: 'product', variables })).toMatchObject(
        refused(404, 'PERSISTED_QUERY_NOT_IN_LIST'),
      );
      expect(await ask({ query: PRODUCT, variables })).toMatchObject(refused(403, 'QUERY_NOT_IN_SAFELIST'));
    }
    write({ me: 1 });
    const line = await headgate.logged('"event":"config.refused"');
    expect(line).toMatch(/manifest\.json me: must be the text of a GraphQL document/);
    expect(await ask({ documentId: 'me' })).toMatchObject({ status: 200 });
  });
});

describe('a configuration with persisted documents', () => {
  const directory = temporaryDirectories();

  it.each([
    [
      '{ require: true }',
      /4 persisted_documents\.require: there is no manifest|persisted_documents\.require: there is no manifest/,
    ],
    [
      '{ manifests: [ ./m.json ], require: id, apq: true }',
      /persisted_documents\.apq: clients could have any text kept/,
    ],
    ['{ manifests: [ ./nothing.json ] }', /persisted_documents\.manifests\.0: no such file: .*nothing\.json/],
    [
      '{ manifests: [ ./m.json, ./other.json ] }',
      /manifests\.1: the id "a" stands here and in manifests\[0\], for two texts/,
    ],
    ['{ manifests: [ ./wrong.json ] }', /wrong\.json: is not JSON/],
    ['{ sources: [ header ] }', /persisted_documents\.sources/],
  ])('is refused at its line: %s', async (section, message) => {
    const cwd = directory();
    writeFileSync(join(cwd, 'm.json'), '{"a":"{ a }"}');
    writeFileSync(join(cwd, 'other.json'), '{"a":"{ b }"}');
    writeFileSync(join(cwd, 'wrong.json'), '{');
    writeFileSync(
      join(cwd, 'headgate.yaml'),
      `supergraph: { source: file, path: ./s.graphql }\npersisted_documents: ${section}\n`,
    );
    const { code, stderr } = await runHeadgate(['validate', '--offline'], { cwd });
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('headgate.yaml:2:');
  });
});
