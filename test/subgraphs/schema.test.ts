import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { prettyFormatQueryPlan, QueryPlanner } from '@apollo/query-planner';
import { parse, validate } from 'graphql';
import { packageRoot } from '../../gateway/package-root';
import { sampleOperations } from '../fixtures/sample-operations';

const FILES = {
  accounts: 'accounts.graphql',
  products: 'products.graphql',
  reviews: 'reviews.graphql',
  inventory: 'inventory.rest.graphql',
};

function compose() {
  return composeServices(
    Object.entries(FILES).map(([name, file]) => ({
      name,
      url: `http://${name}.example`,
      typeDefs: parse(readFileSync(join(packageRoot, 'schema', file), 'utf8')),
    })),
  );
}

describe('the schemas of the example', () => {
  const { errors, hints, supergraphSdl = '' } = compose();

  it('compose without an error or a hint', () => {
    expect(errors).toBeUndefined();
    expect(hints).toEqual([]);
  });

  describe('and the sample operations', () => {
    const supergraph = Supergraph.build(supergraphSdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
    const apiSchema = supergraph.apiSchema();
    const planner = new QueryPlanner(supergraph);

    function subgraphsAsked(query: string): string[] {
      const plan = prettyFormatQueryPlan(planner.buildQueryPlan(operationFromDocument(apiSchema, parse(query))));
      return [...new Set([...plan.matchAll(/Fetch\(service: "(\w+)"/g)].flatMap(([, name]) => name ?? []))].sort();
    }

    it.each(sampleOperations())('$name is valid and has a plan', ({ query }) => {
      expect(validate(apiSchema.toGraphQLJSSchema(), parse(query))).toEqual([]);
      expect(subgraphsAsked(query)).not.toEqual([]);
    });

    it('cross all four services in most of them', () => {
      const everywhere = sampleOperations().filter(({ query }) => subgraphsAsked(query).length === 4);
      expect(everywhere.length).toBeGreaterThanOrEqual(8);
    });
  });
});
