import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { operationCost } from '../../gateway/demand-control/operation-cost';
import { type Federation, startFederation } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@requires", "@external", "@inaccessible", "@cost", "@listSize"])`;

/** The book shop that Apollo's pages on demand control price, written anew. */
const BOOKS = `${LINK}
type Query {
  book(id: ID): Book
  bestsellers: [Book] @listSize(assumedSize: 5)
  newReleases(limit: Int!, after: Int): [Book] @listSize(slicingArguments: ["limit"])
  search(first: Int, size: Int, input: Search): Pages @listSize(slicingArguments: ["first", "size"], sizedFields: ["items"])
  anyOf(first: Int = 4, last: Int): [Thing] @listSize(slicingArguments: ["first", "last"], requireOneSlicingArgument: false)
  few(n: Int): [Book] @listSize(slicingArguments: ["n"], assumedSize: 2, requireOneSlicingArgument: false)
  things: [Thing!]!
  matrix: [[Int]]
  price(of: Filter, cheap: Boolean @cost(weight: -6)): Int @cost(weight: 4)
  kind: Kind
}
type Mutation { rename(title: String): Book }
type Book @key(fields: "id") { id: ID! title: String author: Author publisher: Publisher }
type Author { name: String }
type Publisher { name: String address: Address }
type Address @cost(weight: 5) { zipCode: Int! }
type Pages @cost(weight: 0) { items: [Book] total: Int }
input Search { text: String }
input Filter { text: String @cost(weight: 3) also: [Filter!] free: Int }
enum Kind @cost(weight: 2) { A }
interface Thing { name: String }
type Cheap implements Thing { name: String own: Author }
type Dear implements Thing @cost(weight: 9) { name: String @cost(weight: 2) own: [Author] }
`;
const REVIEWS = `${LINK}
type Book @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review] @listSize(slicingArguments: ["first"]) }
type Review @key(fields: "id") { id: ID! text: String }
`;
const RATINGS = `${LINK}
type Review @key(fields: "id") { id: ID! stars: Int @cost(weight: 3) }
`;

/** Eight for each book: book, author, publisher, and five for the address. */
const BOOK = '{ title author { name } publisher { name address { zipCode } } }';

describe('the estimated cost of an operation', () => {
  let shop: Federation;

  beforeAll(async () => {
    shop = await startFederation({ books: { sdl: BOOKS }, reviews: { sdl: REVIEWS }, ratings: { sdl: RATINGS } });
  });
  afterAll(() => shop?.close());

  async function estimate(query: string, variables: Record<string, unknown> = {}, listSize = 10) {
    const { plan } = await shop.prepare(query);
    const operation = operationIn(parse(query));
    const { supergraph } = shop;
    return operationCost({ plan, variables: operation.variableDefinitions ?? [], supergraph }, listSize).estimate(
      variables,
    );
  }
  const total = async (...args: Parameters<typeof estimate>) => (await estimate(...args)).total;

  it.each([
    ['an object each', '{ book(id: 1) { title author { name } publisher { name } } }', 3],
    ['weights of types', `{ book(id: 1) ${BOOK} }`, 8],
    ['an assumed size', `{ bestsellers ${BOOK} }`, 40],
    ['a slicing argument', `{ newReleases(limit: 3) ${BOOK} }`, 24],
    ['sized fields', `{ search(first: 7) { items ${BOOK} total } }`, 56],
    ['an input object', `{ search(first: 1, input: { text: "a" }) { items { title } } }`, 2],
    ['the last five', `{ newReleases(limit: -5) { title } }`, 5],
    ['the largest of several', '{ anyOf(first: 2, last: 6) { __typename } }', 54],
    ['the default of an argument', '{ anyOf { __typename } }', 36],
    [
      'an assumed size where no argument says more',
      '{ a: few { title } b: few(n: null) { title } c: few(n: 5) { title } }',
      9,
    ],
    ['the size of the configuration', '{ things { __typename } }', 90],
    ['lists in lists', '{ matrix }', 0],
    [
      'the dearest type, and its fields',
      '{ things { name ... on Cheap { a: own { name } } ... on Dear { own { name } } } }',
      10 * (9 + 2 + 10),
    ],
    [
      'both fragments that fit',
      '{ things { ... on Dear { name own { name } } ... on Thing { name } } }',
      10 * (9 + 2 + 10 + 2),
    ],
    [
      'arguments, input objects and their fields',
      '{ price(of: { text: "a", free: 1, also: [{ text: "b" }, {}] }) }',
      4 + 4 + 4 + 1,
    ],
    ['never less than nothing', '{ price(cheap: true) }', 0],
    ['enums', '{ kind }', 2],
    ['a change', 'mutation { rename(title: "a") { title } }', 11],
    ['nothing', '{ __typename }', 0],
  ])('counts %s', async (_, query, cost) => {
    expect(await total(query)).toBe(cost);
  });

  it('is the cost that Apollo names for its examples: 4, 8, 40, 24, 56', async () => {
    const plain = BOOKS.replace(' @cost(weight: 5) { zipCode', ' { zipCode').replace(REVIEWS, '');
    const other = await startFederation({ books: { sdl: plain } });
    const { plan } = await other.prepare(`{ book(id: 1) ${BOOK} }`);
    const costs = [operationCost({ plan, variables: [], supergraph: other.supergraph }, 10).estimate({}).total];
    await other.close();
    costs.push(await total(`{ book(id: 1) ${BOOK} }`));
    costs.push(await total(`{ bestsellers ${BOOK} }`));
    costs.push(await total('query ($n: Int!) { newReleases(limit: $n) BOOK }'.replace('BOOK', BOOK), { n: 3 }));
    costs.push(await total('query ($n: Int = 7) { newReleases(limit: $n) BOOK }'.replace('BOOK', BOOK)));
    expect(costs).toEqual([4, 8, 40, 24, 56]);
  });

  it('reads variables where they stand', async () => {
    const query =
      'query ($i: Search, $size: Int, $of: Filter!) { search(size: $size, input: $i) { items { title } } price(of: $of) a: price(of: { also: [$of] }) }';
    const variables = { i: { text: 'a' }, size: 3, of: { text: 'b', free: 1 } };
    expect(await total(query, variables)).toBe(3 + 1 + (4 + 1 + 3) + (4 + 1 + 1 + 3));
  });

  it('leaves out what is skipped, by fields, fragments and the plan', async () => {
    const query = `query ($yes: Boolean!, $no: Boolean = false) {
      bestsellers @include(if: $yes) { title } book { ... @skip(if: $no) { author { name } } reviews @include(if: $yes) { text } } }`;
    expect(await total(query, { yes: false, no: true })).toBe(1);
    expect(await total(query, { yes: true })).toBe(5 + 1 + 1 + 1 + 2);
  });

  it('counts entities once for each place that they are fetched at', async () => {
    // Five books, asked for again at reviews with two each, and these at ratings.
    const { total: all, bySubgraph } = await estimate('{ bestsellers { reviews { text stars } } }');
    expect(Object.fromEntries(bySubgraph)).toEqual({ books: 5, reviews: 5 + 10, ratings: 10 + 30 });
    expect(all).toBe(60);
    expect(await total('query ($n: Int) { newReleases(limit: 2) { reviews(first: $n) { stars } } }', { n: 3 })).toBe(
      2 + 2 + 6 + 6 + 18,
    );
  });

  it('follows keys that the plan calls otherwise', async () => {
    const query = '{ id: bestsellers { id: title x: reviews(first: 3) { stars } y: reviews(first: 1) { stars } } }';
    expect((await estimate(query)).bySubgraph.get('ratings')).toBe((15 + 5) * 4);
  });

  it.each([
    ['{ newReleases(limit: 1) { title } }', []],
    ['{ search { items { title } } }', ['Query.search']],
    ['{ search(first: 1, size: 1) { items { title } } }', ['Query.search']],
    ['{ anyOf(first: 1, last: 1) { name } }', []],
    ['{ book { reviews { text } } }', []],
    ['query ($n: Int) { search(first: $n) { items { title } } }', ['Query.search']],
  ])('finds wrong slicing arguments in %s', async (query, invalid) => {
    expect([...(await estimate(query)).invalid]).toEqual(invalid);
  });

  it('never wraps around', async () => {
    const many = (depth: number): string => (depth === 0 ? '{ stars }' : `{ reviews(first: 2147483647) ${many(0)} }`);
    const query = `{ newReleases(limit: 2147483647) ${many(1)} again: newReleases(limit: 2147483647) ${many(1)} }`;
    expect(await total(query)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

function operationIn({ definitions }: DocumentNode): OperationDefinitionNode {
  const found = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (found?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the test has no operation');
  return found;
}
