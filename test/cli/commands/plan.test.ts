import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedRequest } from '../../../gateway/execution/planned-requests';
import { packageRoot } from '../../../gateway/package-root';
import { fetchesIn, type PlanNode } from '../../../gateway/planning/plan';
import { runHeadgate } from '../../fixtures/headgate-process';
import { temporaryDirectories } from '../../fixtures/temporary-directory';

interface Planned {
  readonly data: { readonly plan: PlanNode; readonly requests: readonly PlannedRequest[] };
}

const BENCHMARK = join(packageRoot, 'test', 'bench', 'federation');
const SUPERGRAPH = join(BENCHMARK, 'supergraph.graphql');

describe('headgate plan', () => {
  const directory = temporaryDirectories();

  it('prints the plan, and the requests that its fetches are merged to', async () => {
    const query = join(BENCHMARK, 'operations', 'test-query.graphql');
    const args = ['plan', '--supergraph', SUPERGRAPH, query];
    const json = JSON.parse((await runHeadgate([...args, '--format', 'json'])).stdout) as Planned; // as: the contract's envelope
    const { plan, requests } = json.data;
    expect(fetchesIn(plan)).toHaveLength(16);
    expect(requests).toHaveLength(6);
    expect(requests.flatMap(({ paths }) => paths)).toHaveLength(16);
    for (const { number, after } of requests) for (const one of after) expect(one).toBeLessThan(number);
    const { code, stdout } = await runHeadgate(args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^QueryPlan \{\n/);
    expect(stdout).toContain('\nRequests {\n  1: Request(service: "');
    expect(stdout).toMatch(
      /\n {2}6: Request\(service: "\w+", after: .*, paths: \["[^\]]*users.@.reviews.@.product"[^\]]*\]\) \{\n {4}query/,
    );
    expect(stdout).toContain('_e1: _entities(representations: $representations_1)');
  });

  it('shows what is sent for given variables of conditions', async () => {
    const file = join(directory(), 'operation.graphql');
    writeFileSync(
      file,
      `query ($reviews: Boolean!, $stock: Boolean = false) {
        topProducts { name inStock @include(if: $stock) reviews @include(if: $reviews) { body } }
      }`,
    );
    const subgraphsFor = async (...more: string[]) => {
      const args = ['plan', '--supergraph', SUPERGRAPH, file, '--format', 'json', ...more];
      const { data } = JSON.parse((await runHeadgate(args)).stdout) as Planned; // as: the contract's envelope
      return data.requests.map(({ subgraph }) => subgraph);
    };
    expect(await subgraphsFor()).toEqual(['products', 'reviews']);
    expect(await subgraphsFor('--variables', '{"reviews": false, "stock": true}')).toEqual(['products', 'inventory']);
    const { stdout } = await runHeadgate(['plan', '--supergraph', SUPERGRAPH, file]);
    expect(stdout).toContain('Requests($reviews: true, $stock: false) {');
  });

  it('refuses variables that are no object', async () => {
    const { code, stderr } = await runHeadgate(['plan', '--supergraph', SUPERGRAPH, 'x.graphql', '--variables', '[1]']);
    expect(code).toBe(3);
    expect(stderr).toContain('--variables expects a JSON object');
  });
});
