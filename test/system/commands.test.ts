import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getOperationAST, parse, validate } from 'graphql';
import { conditionsOf, plannedRequests, printRequests } from '../../gateway/execution/planned-requests';
import { packageRoot } from '../../gateway/package-root';
import { createApolloPlanner } from '../../gateway/planning/apollo/planner';
import type { PlanningOptions } from '../../gateway/planning/options';
import type { Planner } from '../../gateway/planning/planner';
import { printPlan } from '../../gateway/planning/print-plan';
import { closeCompositionThread } from '../../gateway/supergraph/compose';
import { readSupergraph } from '../../gateway/supergraph/read';
import type { Supergraph } from '../../gateway/supergraph/supergraph';
import { runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { sampleOperations } from '../fixtures/sample-operations';
import { temporaryDirectories } from '../fixtures/temporary-directory';

/** A machine that does other work plans late. */
const PLANNING: PlanningOptions = { deadlineMs: 120_000, queueMax: 1, cacheMax: 1, fetchesMax: 100_000, workers: 1 };
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

  describe('has operations, each of which', () => {
    let read: Supergraph;
    let planner: Planner;
    beforeAll(async () => {
      const sdl = readFileSync(supergraph, 'utf8');
      [read, planner] = await Promise.all([readSupergraph(sdl), createApolloPlanner(sdl, PLANNING)]);
    });
    afterAll(() => Promise.all([planner?.close(), closeCompositionThread()]));

    // With what the command does, in one process for all of them.
    it.each(sampleOperations())('is valid and has a plan: $name', async ({ query }) => {
      const document = parse(query);
      expect(validate(read.apiSchema, document)).toEqual([]);
      const plan = await planner.plan({ query, operationName: null });
      expect(printPlan(plan)).toMatch(/^QueryPlan/);
      const operation = getOperationAST(document);
      if (!operation) throw new Error('no operation');
      const input = { plan, document, operation, supergraph: read };
      const conditions = conditionsOf(input, {});
      expect(printRequests(plannedRequests(input, conditions), conditions)).toMatch(/^Requests/);
    });
  });

  it('plans an operation', async () => {
    const file = schema('operations', 'storefront.graphql');
    const { code, stdout } = await runHeadgate(['plan', '--supergraph', supergraph, file]);
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
