import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../gateway/package-root';
import { runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { sampleOperations } from '../fixtures/sample-operations';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const schema = (...path: string[]) => join(packageRoot, 'schema', ...path);

/** What a stranger does first with the example, none of its services running. */
describe('the example from the command line', () => {
  const directory = temporaryDirectories();
  let supergraph: string;

  beforeAll(async () => {
    const folder = directory();
    supergraph = join(folder, 'supergraph.graphql');
    const { code, stdout } = await runHeadgate([
      'compose',
      '--config',
      schema('supergraph.yaml'),
      '--output',
      supergraph,
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('composes to a supergraph of its four subgraphs', async () => {
    const { stdout } = await runHeadgate(['compose', '--config', schema('supergraph.yaml')]);
    expect(stdout).toBe(readFileSync(supergraph, 'utf8'));
    for (const name of ['accounts', 'inventory', 'products', 'reviews'])
      expect(stdout).toContain(`@join__graph(name: "${name}"`);
  });

  it.each(sampleOperations())('plans $name', async ({ name }) => {
    const { code, stdout } = await runHeadgate([
      'plan',
      '--supergraph',
      supergraph,
      schema('operations', `${name}.graphql`),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^QueryPlan/);
  });

  it('plans the REST service between GraphQL subgraphs', async () => {
    const file = schema('operations', 'product-page.graphql');
    const args = ['plan', '--supergraph', supergraph, file, '--format', 'json'];
    const { stdout } = await runHeadgate(args);
    const { data } = JSON.parse(stdout) as { data: { plan: { kind: string; nodes: { kind: string }[] } } };
    expect(data.plan.kind).toBe('Sequence');
    const text = JSON.stringify(data.plan);
    for (const name of ['accounts', 'inventory', 'products', 'reviews'])
      expect(text).toContain(`"serviceName":"${name}"`);
  });

  it('refuses an operation that does not fit, with line and column', async () => {
    const file = join(directory(), 'wrong.graphql');
    writeFileSync(file, '{\n  product(upc: "1001") { nme }\n}\n');
    const { code, stderr } = await runHeadgate(['plan', '--supergraph', supergraph, file]);
    expect(code).toBe(1);
    expect(stderr).toContain('wrong.graphql:2:26');
  });

  it('is served with nothing but that file, and answers what needs no service', async () => {
    const headgate = await startHeadgate(['serve', '--supergraph', supergraph, '--port', '0'], { cwd: directory() });
    const response = await fetch(`${headgate.graphql}?query={__type(name:"Product"){kind}}`, {
      headers: { 'apollo-require-preflight': '1' },
    });
    expect(await response.json()).toEqual({ data: { __type: { kind: 'OBJECT' } } });
    expect(await headgate.stop()).toBe(0);
  });
});
