import { type Comparison, FEDERATION } from './comparison';

const PRODUCTS = [
  {
    upc: 'u1',
    sku: 's1',
    name: 'Chair',
    price: { amount: 90, currency: 'EUR' },
    weight: 7,
    maker: { country: { code: 'DE' }, number: 1 },
  },
  {
    upc: 'u2',
    sku: 's2',
    name: 'Lamp',
    price: { amount: 30, currency: 'EUR' },
    weight: null,
    maker: { country: { code: 'FR' }, number: 2 },
  },
  { upc: 'u3', sku: 's3', name: 'Desk', price: null, weight: 20, maker: null },
];
const byUpc = ({ upc }: { upc: string }) => PRODUCTS.find((one) => one.upc === upc) ?? null;
const bySku = ({ sku }: { sku: string }) => PRODUCTS.find((one) => one.sku === sku) ?? null;

/** What the mutations of one operation did, in order; `begin` empties it. */
const journal: string[] = [];
function note(entry: string): number {
  journal.push(entry);
  return journal.length;
}

/** Several, nested and compound keys, chains of subgraphs, value types of two subgraphs, mutations. */
export const shop: Comparison = {
  subgraphs: {
    store: {
      sdl: `${FEDERATION}
        type Query { products(first: Int): [Product!]! product(upc: ID!): Product newest: [Product] @shareable }
        type Mutation { begin: Int add(upc: ID!): Product }
        type Product @key(fields: "upc") { upc: ID! name: String price: Money @shareable rank(by: Order = NAME): Int }
        type Money @shareable { amount: Int currency: String }
        enum Order { NAME PRICE }`,
      resolvers: {
        Query: {
          products: (_root, { first }: { first: number | null }) => PRODUCTS.slice(0, first ?? 3),
          product: (_root, reference: { upc: string }) => byUpc(reference),
          newest: () => [PRODUCTS[2], PRODUCTS[0]],
        },
        Mutation: {
          begin: () => {
            journal.length = 0;
            return 0;
          },
          add: (_root, { upc }: { upc: string }) => {
            note(`add ${upc}`);
            return byUpc({ upc });
          },
        },
        Product: {
          __resolveReference: byUpc,
          rank: ({ name }, { by }: { by: string }) => (by === 'NAME' ? name.length : 1),
        },
      },
    },
    ids: {
      sdl: `${FEDERATION}
        type Product @key(fields: "upc") @key(fields: "sku") { upc: ID! sku: ID! maker: Maker }
        type Maker @key(fields: "country { code } number") { country: Country! number: Int! }
        type Country @shareable { code: ID! }`,
      resolvers: {
        Product: {
          __resolveReference: (reference: { upc?: string; sku?: string }) =>
            PRODUCTS.find(({ upc, sku }) => upc === reference.upc || sku === reference.sku) ?? null,
        },
      },
    },
    stock: {
      sdl: `${FEDERATION}
        type Query { stocked: [Product!] newest: [Product] @shareable }
        type Mutation { move(sku: ID!, by: Int!): Product }
        type Product @key(fields: "sku") { sku: ID! price: Money @shareable weight: Float journal: [String!]! }
        type Money @shareable { amount: Int currency: String }`,
      resolvers: {
        Query: { stocked: () => [PRODUCTS[1], PRODUCTS[2]], newest: () => [PRODUCTS[2], PRODUCTS[0]] },
        Mutation: {
          move: (_root, { sku, by }: { sku: string; by: number }) => {
            note(`move ${sku} ${by}`);
            return bySku({ sku });
          },
        },
        Product: { __resolveReference: bySku, journal: () => [...journal] },
      },
    },
    shipping: {
      sdl: `${FEDERATION}
        type Product @key(fields: "upc") { upc: ID! weight: Float @external price: Money @external maker: Maker @external
          cost: Float @requires(fields: "weight price { amount }") from: String @requires(fields: "maker { country { code } }") label(prefix: String = "to"): String @requires(fields: "sku") sku: ID! @external }
        type Money { amount: Int @external }
        type Maker @key(fields: "country { code } number") { country: Country! number: Int! depot: String }
        type Country @shareable { code: ID! }`,
      resolvers: {
        Product: {
          __resolveReference: (reference: object) => reference,
          cost: ({ weight, price }: { weight: number | null; price: { amount: number } | null }) =>
            (weight ?? 1000) + (price?.amount ?? 5000),
          from: ({ maker }: { maker: { country: { code: string } } | null }) => maker?.country.code ?? 'nowhere',
          label: ({ sku }: { sku: string }, { prefix }: { prefix: string }) => `${prefix} ${sku}`,
        },
        Maker: {
          __resolveReference: (reference: object) => reference,
          depot: ({ country, number }: { country: { code: string }; number: number }) => `${country.code}-${number}`,
        },
      },
    },
  },
  operations: [
    { name: 'a chain of keys', query: '{ products { name weight } }' },
    { name: 'the chain the other way', query: '{ stocked { name weight maker { depot } } }' },
    { name: 'requirements from two subgraphs', query: '{ products { cost } }' },
    { name: 'a nested requirement', query: '{ products { from name } }' },
    { name: 'a compound, nested key', query: '{ products { maker { number country { code } depot } } }' },
    {
      name: 'an argument with a default beside a requirement',
      query: '{ products(first: 2) { label a: label(prefix: "for") } }',
    },
    {
      name: 'variables for two subgraphs',
      query: 'query ($n: Int, $p: String = "by") { products(first: $n) { label(prefix: $p) } }',
      variables: { n: 1 },
    },
    {
      name: 'an enum argument',
      query: 'query ($by: Order!) { products { rank(by: $by) } }',
      variables: { by: 'PRICE' },
    },
    {
      name: 'a value type of two subgraphs',
      query: '{ products { price { amount currency } } stocked { price { currency } name } }',
    },
    { name: 'a shared root field whose fields are elsewhere', query: '{ newest { name weight sku upc } }' },
    { name: 'an entity that is not there', query: '{ product(upc: "none") { name weight } }' },
    {
      name: 'everything about a product',
      query: '{ product(upc: "u1") { upc sku name price { amount } weight maker { depot } cost from label rank } }',
    },
    {
      name: 'the same field under many keys',
      query:
        '{ a: product(upc: "u1") { x: cost y: cost } b: product(upc: "u1") { cost } c: product(upc: "u2") { cost } }',
    },
    {
      name: 'mutations of two subgraphs in order',
      query:
        'mutation { begin a: add(upc: "u1") { name journal } b: move(sku: "s2", by: 1) { name journal } c: add(upc: "u3") { journal weight } d: move(sku: "s1", by: 2) { journal } }',
    },
    {
      name: 'mutations with conditions',
      query:
        'mutation ($no: Boolean = false) { begin a: add(upc: "u1") @include(if: $no) { journal } b: move(sku: "s2", by: 1) { journal name @skip(if: $no) } }',
    },
    { name: 'a mutation without data', query: 'mutation { __typename }' },
  ],
};
