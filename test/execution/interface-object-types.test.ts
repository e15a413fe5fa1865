import { type Federation, startFederation } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@interfaceObject"])`;

interface Identified {
  readonly id: string;
}

/** `car` is a Car, `gone` is not known to who has the types, `broken` cannot be found there, `torn` has no engine. */
function vehicle({ id }: Identified) {
  if (id === 'gone') return null;
  return id === 'broken' ? Promise.reject(new Error('no such vehicle')) : { __typename: 'Car', id };
}

describe('objects of an interface object whose type nobody answers', () => {
  let federation: Federation;
  beforeAll(async () => {
    const ids = ['car', 'gone', 'broken', 'torn'].map((id) => ({ id }));
    federation = await startFederation({
      types: {
        sdl: `${LINK} type Query { every: [Vehicle] }
          interface Vehicle @key(fields: "id") { id: ID! wheels: Int }
          type Engine { power: Int! }
          type Car implements Vehicle @key(fields: "id") { id: ID! wheels: Int engine: Engine! }
          type Bike implements Vehicle @key(fields: "id") { id: ID! wheels: Int }`,
        resolvers: {
          Query: { every: () => [] },
          Vehicle: { __resolveReference: vehicle },
          Car: { wheels: () => 4, engine: ({ id }: Identified) => (id === 'torn' ? {} : { power: 90 }) },
        },
      },
      owner: {
        sdl: `${LINK} type Query { one(id: ID!): Vehicle strict(id: ID!): Vehicle! some: [Vehicle] all: [Vehicle!] }
          type Vehicle @interfaceObject @key(fields: "id") { id: ID! label: String next: Vehicle }`,
        resolvers: {
          Query: {
            one: (_: unknown, { id }: Identified) => ({ id }),
            strict: (_: unknown, { id }: Identified) => ({ id }),
            some: () => ids,
            all: () => ids,
          },
          Vehicle: {
            __resolveReference: ({ id }: Identified) => ({ id }),
            label: ({ id }: Identified) => `a ${id}`,
            next: () => ({ id: 'gone' }),
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  const unknown = (...path: (string | number)[]) => ({
    message: 'The type of this Vehicle is not known: no subgraph that has the types of the interface knows the object.',
    path,
    extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' },
  });

  it.each([
    ['{ one(id: "gone") { label } }', { one: { label: 'a gone' } }],
    ['{ one(id: "gone") { label wheels } }', { one: { label: 'a gone', wheels: null } }],
    ['{ one(id: "gone") { label ... on Car { __typename engine { power } } } }', { one: { label: 'a gone' } }],
    ['{ one(id: "car") { __typename label } }', { one: { __typename: 'Car', label: 'a car' } }],
  ])('have what is known of them where the type is not asked for: %s', async (query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it.each([
    ['{ one(id: "gone") { label __typename } }', { one: null }, unknown('one', '__typename')],
    ['{ one(id: "gone") { kind: __typename } }', { one: null }, unknown('one', 'kind')],
    ['{ one(id: "gone") { ... on Vehicle { __typename } } }', { one: null }, unknown('one', '__typename')],
    [
      '{ one(id: "car") { next { __typename } label } }',
      { one: { next: null, label: 'a car' } },
      unknown('one', 'next', '__typename'),
    ],
    ['{ strict(id: "gone") { __typename } }', null, unknown('strict', '__typename')],
  ])('are null with an error where it is: %s', async (query, data, error) => {
    expect(await federation.ask(query)).toEqual({ data, errors: [error] });
  });

  it('are null with the error that is there already', async () => {
    const answer = await federation.ask('{ some { __typename label } }');
    const car = { __typename: 'Car', label: 'a car' };
    expect(answer.data).toEqual({ some: [car, null, null, { __typename: 'Car', label: 'a torn' }] });
    expect(answer.errors).toEqual([
      expect.objectContaining({ message: 'no such vehicle', path: ['some', 2] }),
      unknown('some', 1, '__typename'),
    ]);
  });

  it.each([
    ['{ one(id: "torn") { label ... on Car { engine { power } } } }', { one: null }, ['one', 'engine', 'power']],
    ['{ strict(id: "torn") { label ... on Car { engine { power } } } }', null, ['strict', 'engine', 'power']],
    [
      '{ some { label ... on Car { engine { power } } } }',
      { some: [{ label: 'a car', engine: { power: 90 } }, { label: 'a gone' }, { label: 'a broken' }, null] },
      ['some', 3, 'engine', 'power'],
    ],
  ])('are null where a non-null field of their type failed: %s', async (query, data, path) => {
    const answer = await federation.ask(query);
    expect(answer.data).toEqual(data);
    const own = answer.errors?.filter(({ message }) => message !== 'no such vehicle');
    expect(own).toEqual([expect.objectContaining({ path, message: expect.stringContaining('Engine.power') })]);
  });
});
