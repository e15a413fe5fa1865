import { parse } from 'graphql';
import { readCostDirectives } from '../../gateway/supergraph/cost-directives';

const read = (link: string, cost: string, listSize: string) =>
  readCostDirectives(
    parse(`
      schema @link(url: "https://specs.apollo.dev/link/v1.0") ${link} { query: Query }
      type Query @${cost}(weight: 2) {
        a(n: Int @${cost}(weight: -1), in: In): [[Int!]!]! @${cost}(weight: 3)
          @${listSize}(assumedSize: 4, slicingArguments: ["n", "in.size"], sizedFields: ["b", "c { d }"], requireOneSlicingArgument: false)
        hidden: [Query]
      }
      input In { size: Int @${cost}(weight: 5) }
      enum E @${cost}(weight: 6) { A }
      scalar S @${cost}(weight: 7)
    `),
    (_, field) => field !== 'hidden',
  );

describe('directives of costs in a supergraph', () => {
  const url = 'url: "https://specs.apollo.dev/cost/v0.1"';

  it.each([
    ['imported', `@link(${url}, import: ["@cost", "@listSize"])`, 'cost', 'listSize'],
    [
      'imported by other names',
      `@link(${url}, import: [{ name: "@cost", as: "@price" }, { name: "@listSize", as: "@size" }])`,
      'price',
      'size',
    ],
    ['not imported', `@link(${url})`, 'cost', 'cost__listSize'],
    ['in a namespace', `@link(${url}, as: "dear")`, 'dear', 'dear__listSize'],
    [
      'linked by a directive of another name',
      `@core(feature: "https://specs.apollo.dev/cost/v0.1", as: "c")`,
      'c',
      'c__listSize',
    ],
  ])('are read when they are %s', (_, link, cost, listSize) => {
    const { weights, listSizes, hiddenFields } = read(link, cost, listSize);
    expect(Object.fromEntries(weights)).toEqual({ Query: 2, 'Query.a': 3, 'Query.a(n)': -1, 'In.size': 5, E: 6, S: 7 });
    expect(Object.fromEntries(listSizes)).toEqual({
      'Query.a': {
        assumedSize: 4,
        slicingArguments: ['n', 'in.size'],
        sizedFields: [['b'], ['c', 'd']],
        requireOneSlicingArgument: false,
      },
    });
    expect(Object.fromEntries(hiddenFields)).toEqual({ 'Query.hidden': { name: 'Query', lists: 1 } });
  });

  it.each([
    ['nothing links them', '', 'cost', 'listSize'],
    ['they are called otherwise', `@link(${url}, import: [{ name: "@cost", as: "@price" }])`, 'cost', 'listSize'],
  ])('are none where %s', (_, link, cost, listSize) => {
    const { weights, listSizes } = read(link, cost, listSize);
    expect([weights.size, listSizes.size]).toEqual([0, 0]);
  });
});
