import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@interfaceObject"])`;

const TYPES = ['Bike', 'Car', 'Boat', 'Plane'] as const;

interface Identified {
  readonly id: string;
}

/** Vehicles have ids 1 to 4, one of each type. */
const typed = ({ id }: Identified) => ({ __typename: TYPES[Number(id) - 1], id });
const ALL = ['1', '2', '3', '4'].map((id) => ({ id }));
const after = ({ id }: Identified) => ({ id: String((Number(id) % 4) + 1) });
const given = { __resolveReference: typed };
const speed = ({ id }: Identified) => 10 * Number(id);
const wheels = ({ id }: Identified) => Number(id);
const motor = {
  engine: ({ id }: Identified) => ({ power: 100 * Number(id) }),
  tow: (one: Identified) => typed(after(one)),
};

const SUBGRAPHS: Readonly<Record<string, TestSubgraph>> = {
  types: {
    sdl: `${LINK}
      type Query { every: [Vehicle] }
      interface Node { id: ID! }
      interface Vehicle implements Node @key(fields: "id") { id: ID! speed: Int }
      interface Land { id: ID! wheels: Int }
      interface Motor { id: ID! engine: Engine tow: Vehicle }
      union Fast = Car | Plane
      union Known = Bike | Car | Boat | Plane
      type Engine { power: Int }
      type Bike implements Node & Vehicle & Land @key(fields: "id") { id: ID! speed: Int wheels: Int }
      type Car implements Node & Vehicle & Land & Motor @key(fields: "id") { id: ID! speed: Int wheels: Int engine: Engine tow: Vehicle }
      type Boat implements Node & Vehicle & Motor @key(fields: "id") { id: ID! speed: Int engine: Engine tow: Vehicle }
      type Plane implements Node & Vehicle @key(fields: "id") { id: ID! speed: Int }
      type Trailer implements Land @key(fields: "id") { id: ID! wheels: Int }`,
    resolvers: {
      Query: { every: () => ALL.map(typed) },
      Vehicle: given,
      Bike: { ...given, speed, wheels },
      Car: { ...given, speed, wheels, ...motor },
      Boat: { ...given, speed, ...motor },
      Plane: { ...given, speed },
    },
  },
  owner: {
    sdl: `${LINK}
      type Query { car: Vehicle all: [Vehicle!] garage: Garage }
      type Mutation { buy: Vehicle }
      type Garage { lanes: [[Vehicle]] best: Vehicle! }
      type Vehicle @interfaceObject @key(fields: "id") { id: ID! label(tag: String): String reviews: [Review] next: Vehicle }
      type Review { stars: Int of: Vehicle }`,
    resolvers: {
      Query: {
        car: () => ({ id: '2' }),
        all: () => ALL,
        garage: () => ({
          lanes: [
            [{ id: '1' }, { id: '2' }],
            [null, { id: '3' }],
          ],
          best: { id: '4' },
        }),
      },
      Mutation: { buy: () => ({ id: '2' }) },
      Vehicle: {
        __resolveReference: ({ id }: Identified) => ({ id }),
        label: ({ id }: Identified, { tag = '' }: { tag?: string }) => `${id}${tag}`,
        reviews: (one: Identified) => [{ stars: Number(one.id), of: after(one) }],
        next: after,
      },
    },
  },
};

const land = [{ wheels: 1 }, { wheels: 2 }, {}, {}];

describe('a fragment on another abstract type, where objects come from an interface object', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(SUBGRAPHS);
  });
  afterAll(() => federation.close());

  const variations: readonly (readonly [name: string, query: string, data: unknown])[] = [
    ['an interface', '{ all { ... on Land { wheels } } }', { all: land }],
    ['a union', '{ all { ... on Fast { ... on Plane { speed } } } }', { all: [{}, {}, {}, { speed: 40 }] }],
    [
      'a union of the type names',
      '{ all { ... on Fast { __typename } } }',
      {
        all: [{}, { __typename: 'Car' }, {}, { __typename: 'Plane' }],
      },
    ],
    [
      'several',
      '{ all { id ... on Land { wheels id } ... on Motor { engine { power } } } }',
      {
        all: [
          { id: '1', wheels: 1 },
          { id: '2', wheels: 2, engine: { power: 200 } },
          { id: '3', engine: { power: 300 } },
          { id: '4' },
        ],
      },
    ],
    [
      'one in another',
      '{ all { ... on Land { ... on Motor { engine { power } } } } }',
      {
        all: [{}, { engine: { power: 200 } }, {}, {}],
      },
    ],
    [
      'a union in an interface',
      '{ all { ... on Land { ... on Fast { ... on Car { wheels } } } } }',
      {
        all: [{}, { wheels: 2 }, {}, {}],
      },
    ],
    [
      'an interface in a union',
      '{ all { ... on Fast { ... on Land { wheels } } } }',
      { all: [{}, { wheels: 2 }, {}, {}] },
    ],
    [
      'back to the interface object',
      '{ all { ... on Land { ... on Vehicle { speed label } } } }',
      {
        all: [{ speed: 10, label: '1' }, { speed: 20, label: '2' }, {}, {}],
      },
    ],
    [
      'inside of itself',
      '{ all { ... on Vehicle { ... on Vehicle { ... on Land { wheels } label } } } }',
      {
        all: land.map((one, index) => ({ ...one, label: `${index + 1}` })),
      },
    ],
    [
      'on an interface of the interface',
      '{ all { ... on Node { id ... on Land { wheels } } } }',
      {
        all: land.map((one, index) => ({ id: `${index + 1}`, ...one })),
      },
    ],
    [
      'on all types',
      '{ all { ... on Known { ... on Vehicle { label } } } }',
      {
        all: [{ label: '1' }, { label: '2' }, { label: '3' }, { label: '4' }],
      },
    ],
    [
      'inside of a fragment on an object type',
      '{ all { ... on Car { ... on Land { wheels ... on Vehicle { label } } } } }',
      {
        all: [{}, { wheels: 2, label: '2' }, {}, {}],
      },
    ],
    [
      'around a fragment on an object type',
      '{ all { ... on Land { ... on Bike { wheels speed } } } }',
      {
        all: [{ wheels: 1, speed: 10 }, {}, {}, {}],
      },
    ],
    [
      'named',
      '{ all { ...L } } fragment L on Land { wheels ...M } fragment M on Motor { tow { id } }',
      {
        all: [{ wheels: 1 }, { wheels: 2, tow: { id: '3' } }, {}, {}],
      },
    ],
    [
      'with aliases',
      '{ all { kind: __typename ... on Land { mine: __typename w: wheels } } }',
      {
        all: [
          { kind: 'Bike', mine: 'Bike', w: 1 },
          { kind: 'Car', mine: 'Car', w: 2 },
          { kind: 'Boat' },
          { kind: 'Plane' },
        ],
      },
    ],
    [
      'with arguments',
      '{ all { ... on Land { ... on Vehicle { a: label(tag: "x") } } ... on Motor { id } } }',
      {
        all: [{ a: '1x' }, { a: '2x', id: '2' }, { id: '3' }, {}],
      },
    ],
    [
      'below another object',
      '{ car { next { ... on Motor { tow { ... on Fast { ... on Plane { speed } } } } } } }',
      {
        car: { next: { tow: { speed: 40 } } },
      },
    ],
    [
      'in lists of lists',
      '{ garage { lanes { ... on Land { wheels } } best { ... on Land { wheels } } } }',
      {
        garage: {
          lanes: [
            [{ wheels: 1 }, { wheels: 2 }],
            [null, {}],
          ],
          best: {},
        },
      },
    ],
    [
      'below a list of another type',
      '{ car { reviews { of { ... on Motor { engine { power } } } } } }',
      {
        car: { reviews: [{ of: { engine: { power: 300 } } }] },
      },
    ],
    [
      'of a mutation',
      'mutation { buy { ... on Land { wheels } ... on Fast { ... on Vehicle { label } } } }',
      {
        buy: { wheels: 2, label: '2' },
      },
    ],
    [
      'where the types are known',
      '{ every { ... on Land { wheels ... on Vehicle { label } } } }',
      {
        every: [{ wheels: 1, label: '1' }, { wheels: 2, label: '2' }, {}, {}],
      },
    ],
  ];

  it.each(variations)('is answered: %s', async (_name, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it.each([
    [true, land],
    [false, [{}, { engine: { power: 200 } }, { engine: { power: 300 } }, {}]],
  ])('is answered under conditions: %s', async (yes, all) => {
    const query = `query($yes: Boolean!) { all { ... on Land @include(if: $yes) { wheels } ...M @skip(if: $yes) } }
      fragment M on Motor { engine { power } }`;
    expect(await federation.ask(query, { yes })).toEqual({ data: { all } });
  });

  it('is refused by name where writing it out takes too much', async () => {
    let query = 'id';
    for (let level = 0; level < 14; level++) query = `... on Known { ... on Vehicle { next { ${query} } } }`;
    await expect(federation.ask(`{ all { ${query} } }`)).rejects.toMatchObject({
      code: 'PLANNING_FAILED',
      message: expect.stringContaining('more than 50000 selections once its fragments'),
    });
  });
});
