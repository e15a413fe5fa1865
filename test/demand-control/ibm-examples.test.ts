import { operationCost } from '../../gateway/demand-control/operation-cost';
import { type Federation, startFederation } from '../fixtures/federation';

/**
 * The examples of section "Field Cost" of IBM's specification (https://ibm.github.io/graphql-specs/cost-spec.html), 10 to 12, with weights
 * that are whole numbers, as Federation has them. Its number 13, weights of arguments of directives, has no counterpart: composition drops
 * them. Lists have one element: in Federation the weight of a field counts for each.
 */
const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@cost", "@listSize"])
type Query {
  topProducts(filter: Filter @cost(weight: 15)): [String] @cost(weight: 5) @listSize(assumedSize: 1)
  manyProducts(filter: Filter @cost(weight: 15)): [String] @cost(weight: 5) @listSize(assumedSize: 10)
  mostPopularProduct(approx: Approximate @cost(weight: -3)): Product @cost(weight: 5)
  free(approx: Approximate @cost(weight: -30)): Product @cost(weight: 5)
  each(filters: [Filter!] @cost(weight: 2)): Int
}
input Filter { approx: Approximate @cost(weight: -12) other: Filter named: String @cost(weight: 4) }
input Approximate { field: Boolean! }
type Product { name: String }
`;

describe("the examples of IBM's specification of costs", () => {
  let shop: Federation;
  beforeAll(async () => {
    shop = await startFederation({ shop: { sdl: SDL } });
  });
  afterAll(() => shop?.close());

  it.each([
    ['10, an argument that is not given', '{ topProducts }', 5],
    ['10, an argument with a weight', '{ topProducts(filter: {}) }', 5 + 15],
    ['11, an argument with a negative weight, not given', '{ mostPopularProduct { name } }', 5],
    ['11, an argument with a negative weight', '{ mostPopularProduct(approx: { field: true }) { name } }', 5 - 3],
    ['12, a field of an input', '{ topProducts(filter: { approx: { field: true } }) }', 5 + 15 - 12],
    ['nothing costs less than nothing', '{ free(approx: { field: true }) { name } }', 0],
    [
      'the weight of a list counts for each element, arguments once',
      '{ manyProducts(filter: { approx: { field: true } }) }',
      10 * 5 + 15 - 12,
    ],
    ['an input object without a weight is one', '{ topProducts(filter: { other: { named: "a" } }) }', 5 + 15 + 1 + 4],
    [
      'a list of inputs has the weight of its argument once',
      '{ each(filters: [{ named: "a" }, { named: "b" }]) }',
      2 + 4 + 4,
    ],
  ])('%s', async (_what, query, cost) => {
    for (const [text, variables] of [[query, {}], asVariable(query)] as const) {
      const { plan } = await shop.prepare(text);
      const { total } = operationCost({ plan, variables: [], supergraph: shop.supergraph }, 10).estimate(variables);
      expect(total).toBe(cost);
    }
  });
});

/** The same with its argument in a variable. */
function asVariable(query: string): [string, Record<string, unknown>] {
  const [, name = '', value = ''] = /\((\w+): ([^)]*)\)/.exec(query) ?? [];
  if (name === '') return [query, {}];
  const type = { approx: 'Approximate', filter: 'Filter', filters: '[Filter!]' }[name];
  const json = value.replaceAll(/(\w+):/g, '"$1":');
  return [`query ($v: ${type}) ${query.replace(value, '$v')}`, { v: JSON.parse(json) }];
}
