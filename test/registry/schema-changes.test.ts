import { schemaChanges } from '../../gateway/registry/schema-changes';

const from = `
  "A product."
  type Product @key(fields: "id") { id: ID! name: String price(currency: String = "EUR"): Int }
  type Query { products(first: Int): [Product] }
  enum Size { S M }
  input Filter { size: Size }
  union Thing = Product
`;

function coordinates(to: string): readonly string[] {
  return schemaChanges(from, to).map(({ kind, coordinate }) => `${kind} ${coordinate}`);
}

describe('schema changes', () => {
  it('are none for another order, other descriptions and comments', () => {
    const same = `
      # comment
      union Thing = Product
      input Filter { size: Size }
      enum Size { M S }
      type Query { products(first: Int): [Product] }
      type Product @key(fields: "id") { name: String id: ID! price(currency: String = "EUR"): Int }
    `;
    expect(coordinates(same)).toEqual([]);
  });

  it.each([
    ['a field', from.replace('name: String', 'name: String color: String'), ['added Product.color']],
    ['a field less', from.replace('name: String', ''), ['removed Product.name']],
    ['a type', from.replace('name: String', 'name: String!'), ['changed Product.name']],
    ['a default value', from.replace('"EUR"', '"USD"'), ['changed Product.price(currency:)']],
    ['an argument', from.replace('first: Int', 'first: Int after: ID'), ['added Query.products(after:)']],
    ['a key', from.replace('"id"', '"id name"'), ['changed Product']],
    ['an enum value', from.replace('S M', 'S M L'), ['added Size.L']],
    ['an input field', from.replace('size: Size', 'size: Size!'), ['changed Filter.size']],
    ['a member of a union', `${from} extend union Thing = Query`, ['changed Thing']],
    ['a directive', `${from} directive @mine on FIELD`, ['added @mine']],
  ])('name the coordinate of %s', (_, to, expected) => {
    expect(coordinates(to)).toEqual(expected);
  });
});
