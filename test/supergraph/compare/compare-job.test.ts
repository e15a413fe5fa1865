import { runCompareJob } from '../../../gateway/supergraph/compare/compare-job';

const BEFORE = `
  directive @log on FIELD
  type Query {
    product(id: ID!, size: Size = SMALL): Product
    products(filter: Filter, first: Int = 10): [Product!]!
    node: Node
    hit: Hit
  }
  type Mutation { rename(input: Rename!): Product }
  interface Node { id: ID! title: String }
  type Product implements Node { id: ID! title: String price: Float! size: Size old: String @deprecated(reason: "gone soon") }
  type Person implements Node { id: ID! title: String born: Int }
  union Hit = Product | Person
  enum Size { SMALL LARGE }
  input Filter { size: Size, max: Int, inner: Inner }
  input Inner { text: String }
  input Rename { id: ID!, title: String }
  scalar Date
`;

/** What a change of the schema means for one operation. */
function judged(from: string, to: string, operation: string) {
  expect(BEFORE).toContain(from);
  const after = BEFORE.replace(from, to);
  const operations = [{ text: operation, count: 3 }];
  const { changes } = runCompareJob({ kind: 'compare', before: [BEFORE], after: [after], operations });
  return {
    changes: changes.map(({ criticality, kind, coordinate }) => `${criticality} ${kind} ${coordinate}`),
    noticed: changes.some((change) => change.operations > 0),
    error: changes.find(({ first }) => first.length > 0)?.first[0]?.error ?? null,
  };
}

describe('a change of what clients may ask for', () => {
  it.each<[what: string, from: string, to: string, change: string, notices: string, doesNot: string]>([
    [
      'a field that goes',
      ' price: Float!',
      '',
      'breaking FIELD_REMOVED Product.price',
      '{ product(id: 1) { price } }',
      '{ product(id: 1) { title } }',
    ],
    [
      'a field of another type',
      'price: Float!',
      'price: String!',
      'breaking FIELD_CHANGED_TYPE Product.price',
      '{ products { price } }',
      '{ products { id } }',
    ],
    [
      'a field that may be null now',
      'price: Float!',
      'price: Float',
      'breaking FIELD_CHANGED_TYPE Product.price',
      '{ products { price } }',
      '{ products { id } }',
    ],
    [
      'an argument that goes',
      ', first: Int = 10',
      '',
      'breaking ARGUMENT_REMOVED Query.products(first:)',
      '{ products(first: 1) { id } }',
      '{ products { id } }',
    ],
    [
      'an argument that has to be given',
      'node: Node',
      'node(id: ID!): Node',
      'breaking REQUIRED_ARGUMENT_ADDED Query.node(id:)',
      '{ node { id } }',
      '{ hit { __typename } }',
    ],
    [
      'an argument of another type',
      'first: Int = 10',
      'first: String = "a"',
      'breaking ARGUMENT_CHANGED_TYPE Query.products(first:)',
      'query ($n: Int) { products(first: $n) { id } }',
      '{ products { id } }',
    ],
    [
      'an argument that may not be null any more',
      'filter: Filter,',
      'filter: Filter!,',
      'breaking ARGUMENT_CHANGED_TYPE Query.products(filter:)',
      '{ products { id } }',
      '{ node { id } }',
    ],
    [
      'an argument with another default',
      'first: Int = 10',
      'first: Int = 20',
      'dangerous ARGUMENT_CHANGED_DEFAULT Query.products(first:)',
      '{ products { id } }',
      '{ node { id } }',
    ],
    [
      'a value of an enum that goes, in a literal',
      'SMALL LARGE',
      'SMALL',
      'breaking VALUE_REMOVED Size.LARGE',
      '{ product(id: 1, size: LARGE) { id } }',
      '{ product(id: 1, size: SMALL) { size } }',
    ],
    [
      'a value of an enum that goes, in a variable',
      'SMALL LARGE',
      'SMALL',
      'breaking VALUE_REMOVED Size.LARGE',
      'query ($s: Size) { product(id: 1, size: $s) { id } }',
      'query ($i: ID!) { product(id: $i) { id size } }',
    ],
    [
      'a value of an enum that goes, below a variable',
      'SMALL LARGE',
      'SMALL',
      'breaking VALUE_REMOVED Size.LARGE',
      'query ($f: Filter) { products(filter: $f) { id } }',
      '{ products(filter: { size: SMALL }) { id } }',
    ],
    [
      'a value of an enum that is new',
      'SMALL LARGE',
      'SMALL LARGE HUGE',
      'dangerous VALUE_ADDED Size.HUGE',
      '{ products { size } }',
      '{ products { id } }',
    ],
    [
      'a field of an input that goes',
      ', max: Int',
      '',
      'breaking INPUT_FIELD_REMOVED Filter.max',
      '{ products(filter: { max: 1 }) { id } }',
      '{ products(filter: { size: SMALL }) { id } }',
    ],
    [
      'a field of an input that goes, below a variable',
      'text: String',
      'other: String',
      'breaking INPUT_FIELD_REMOVED Inner.text',
      'query ($f: Filter) { products(filter: $f) { id } }',
      '{ products(filter: { max: 1 }) { id } }',
    ],
    [
      'a field of an input that has to be given',
      'input Rename { id: ID!,',
      'input Rename { id: ID!, by: ID!,',
      'breaking REQUIRED_INPUT_FIELD_ADDED Rename.by',
      'mutation { rename(input: { id: 1 }) { id } }',
      '{ products { id } }',
    ],
    [
      'a type that goes',
      'union Hit = Product | Person',
      'union Hit = Product',
      'breaking MEMBER_REMOVED Hit',
      '{ hit { ... on Person { born } } }',
      '{ hit { ... on Product { id } } }',
    ],
    [
      'a type that is no part of an interface any more',
      'type Person implements Node',
      'type Person',
      'breaking INTERFACE_REMOVED Person',
      '{ node { ... on Person { born } } }',
      '{ node { id } }',
    ],
    [
      'a type that is another kind',
      'scalar Date',
      'enum Date { NOW }',
      'breaking TYPE_CHANGED_KIND Date',
      'query ($d: Date) { products { id } }',
      '{ products { id } }',
    ],
    [
      'a directive that goes',
      'directive @log on FIELD',
      '',
      'breaking DIRECTIVE_REMOVED @log',
      '{ products { id @log } }',
      '{ products { id } }',
    ],
  ])('%s', (_, from, to, change, notices, doesNot) => {
    expect(judged(from, to, notices)).toMatchObject({ changes: expect.arrayContaining([change]), noticed: true });
    expect(judged(from, to, doesNot)).toMatchObject({ noticed: false });
  });

  it.each([
    ['a field that is never null any more', 'title: String price', 'title: String! price'],
    ['a new field', 'born: Int', 'born: Int died: Int'],
    ['an argument that need not be given', 'node: Node', 'node(id: ID): Node'],
    ['an argument that may be null', 'product(id: ID!,', 'product(id: ID,'],
    ['a field of an input that need not be given', 'input Rename { id: ID!,', 'input Rename { id: ID,'],
    ['another description', 'scalar Date', '"A day." scalar Date'],
    ['a deprecation', 'born: Int', 'born: Int @deprecated(reason: "private")'],
  ])('is safe for everybody: %s', (_, from, to) => {
    const { changes, noticed } = judged(from, to, '{ node { id ... on Person { born } } product(id: 1) { title } }');
    expect(changes.filter((change) => !change.startsWith('safe'))).toEqual([]);
    expect(noticed).toBe(false);
  });

  it('is noticed through an interface, and what breaks most comes first', () => {
    const after = BEFORE.replaceAll('title: String', 'title: Int').replace('born: Int', 'born: String');
    const texts = ['{ node { title } }', '{ node { id } }', '{ node { ... on Person { born } } }'];
    const operations = texts.map((text, at) => ({ text, count: 10 ** at }));
    const { changes } = runCompareJob({ kind: 'compare', before: [BEFORE], after: [after], operations });
    const told = changes.map(({ coordinate, requests, first }) => [
      coordinate,
      requests,
      first.map((one) => one.operation),
    ]);
    expect(told).toEqual([
      ['Person.born', 100, [2]],
      ['Node.title', 1, [0]],
      ['Person.title', 1, [0]],
      ['Product.title', 1, [0]],
      ['Rename.title', 0, []],
    ]);
  });

  it('names no more operations than somebody will read, and counts them all', () => {
    const after = BEFORE.replace(' price: Float!', '');
    const operations = Array.from({ length: 500 }, (_, at) => ({
      text: `{ a${at}: product(id: 1) { price } }`,
      count: 2,
    }));
    const { changes } = runCompareJob({ kind: 'compare', before: [BEFORE], after: [after], operations });
    expect(changes[0]).toMatchObject({ coordinate: 'Product.price', operations: 500, requests: 1_000 });
    expect(changes[0]?.first).toHaveLength(20);
  });

  it('says what is wrong with an operation afterwards, and nothing of one that stays valid', () => {
    expect(judged(' price: Float!', '', '{ product(id: 1) { price } }').error).toContain('Cannot query field "price"');
    expect(judged('price: Float!', 'price: String!', '{ product(id: 1) { price } }').error).toBeNull();
  });

  it('passes over what is recorded and cannot be read', () => {
    expect(judged(' price: Float!', '', '{ product(').noticed).toBe(false);
  });
});
