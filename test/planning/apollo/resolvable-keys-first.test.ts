import { parse, print } from 'graphql';
import { resolvableKeysFirst } from '../../../gateway/planning/apollo/resolvable-keys-first';
import { type Federation, startFederation } from '../../fixtures/federation';

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])';

describe('resolvable keys first', () => {
  it('moves keys that cannot be resolved behind the others and leaves the rest in order', () => {
    const given = `type A @join__type(graph: X, key: "a", resolvable: false) @tag(name: "t") @join__type(graph: X, key: "b") @join__type(graph: Y, key: "c", resolvable: true) { a: Int }
      interface I @join__type(graph: X, key: "a", resolvable: false) @join__type(graph: X, key: "b") { a: Int }
      type Untouched @join__type(graph: X, key: "a") @join__type(graph: X, key: "b") { a: Int }`;
    const wanted = `type A @tag(name: "t") @join__type(graph: X, key: "b") @join__type(graph: Y, key: "c", resolvable: true) @join__type(graph: X, key: "a", resolvable: false) { a: Int }
      interface I @join__type(graph: X, key: "b") @join__type(graph: X, key: "a", resolvable: false) { a: Int }
      type Untouched @join__type(graph: X, key: "a") @join__type(graph: X, key: "b") { a: Int }`;
    expect(print(resolvableKeysFirst(parse(given)))).toBe(print(parse(wanted)));
  });

  describe('in a plan', () => {
    const query = '{ stocked { left } }';
    let federation: Federation;
    beforeAll(async () => {
      federation = await startFederation({
        catalog: {
          sdl: `${FEDERATION} type Query { product: Product } type Product @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! name: String }`,
          resolvers: { Product: { __resolveReference: (reference: object) => ({ ...reference, name: 'Chair' }) } },
        },
        stock: {
          sdl: `${FEDERATION} type Query { stocked: Product } type Product @key(fields: "id", resolvable: false) @key(fields: "sku") {
            id: ID! sku: ID! name: String @external left: Int @requires(fields: "name") }`,
          resolvers: {
            Query: { stocked: () => ({ id: '1', sku: 's' }) },
            Product: {
              __resolveReference: ({ sku, name }: { sku?: string; name: string }) =>
                sku === undefined ? null : { sku, left: name.length },
            },
          },
        },
      });
    });
    afterAll(() => federation.close());

    it('the representation has the key that can be resolved', async () => {
      expect(await federation.ask(query)).toEqual({ data: { stocked: { left: 5 } } });
      expect(federation.asked('stock').at(-1)?.variables.representations).toEqual([
        { __typename: 'Product', sku: 's', name: 'Chair' },
      ]);
    });

    it('stock sends the other one', async () => {
      expect((await federation.askStock(query)).data).toEqual({ stocked: { left: null } });
    });
  });
});
