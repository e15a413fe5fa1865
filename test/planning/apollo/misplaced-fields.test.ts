import { parse } from 'graphql';
import { misplacedFieldFinder } from '../../../gateway/planning/apollo/misplaced-fields';
import { type Federation, startFederation } from '../../fixtures/federation';
import { entityFetchNode, fetchNode } from '../../fixtures/hand-written-plan';

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

describe('plans that ask a subgraph for a field of another', () => {
  let federation: Federation;
  const reference = { __resolveReference: (given: object) => given };
  /** Rooms built so far; what `one` is. */
  let built = 1;

  beforeAll(async () => {
    federation = await startFederation({
      rooms: {
        sdl: `${FEDERATION} type Mutation { build: Room } type Query { room: Room rooms: [Room] titled: Room @provides(fields: "title") }
          type Room @key(fields: "id") { id: ID! again: Room one: Int two: Int @external three: Int @requires(fields: "two") four(times: Int = 10): Int @external five: Int @requires(fields: "four") title: String @external }
          type Floor @key(fields: "level") { level: Int lift: Boolean }`,
        resolvers: {
          Mutation: {
            build: () => {
              built += 1;
              return { id: '1' };
            },
          },
          Floor: { ...reference, lift: () => true },
          Query: { room: () => ({ id: '1' }), rooms: () => [{ id: '1' }], titled: () => ({ id: '1', title: 'hall' }) },
          Room: {
            ...reference,
            one: () => built,
            again: () => ({ id: '2' }),
            three: ({ two }: { two: number }) => two + 1,
            five: ({ four }: { four: number }) => four + 1,
          },
        },
      },
      plans: {
        sdl: `${FEDERATION}
          type Room @key(fields: "id") { id: ID! one: Int @external two: Int @requires(fields: "one") three: Int @external four(times: Int = 10): Int @requires(fields: "three") five: Int @external six: Int @requires(fields: "five") title: String @shareable
            floor: Floor @requires(fields: "three") eight: Int @shareable @requires(fields: "three") }
          type Floor @key(fields: "level") { level: Int area: Int lamps: [Lamp] } union Lamp = Bulb | Tube type Bulb { watts: Int } type Tube { watts: Int }`,
        resolvers: {
          Room: {
            ...reference,
            two: ({ one }: { one: number }) => one * 10,
            four: ({ three }: { three: number }, { times }: { times: number }) => three * times,
            six: ({ five }: { five: number }) => five * 10,
            floor: ({ three }: { three: number }) => ({ level: three, area: three * 2, lamps: [{ watts: three }] }),
            eight: ({ three }: { three: number }) => three - 3,
          },
          Lamp: { __resolveType: () => 'Tube' },
        },
      },
      copies: {
        sdl: `${FEDERATION}
          type Room @key(fields: "id") { id: ID! three: Int @external eight: Int @shareable @requires(fields: "three") }`,
        resolvers: { Room: { ...reference, eight: ({ three }: { three: number }) => three - 3 } },
      },
    });
  });
  beforeEach(() => {
    built = 1;
  });
  afterAll(() => federation.close());

  it.each([
    ['alone', '{ room { four } }', { room: { four: 110 } }],
    [
      'under other names, beside others',
      '{ room { id: four three five: four } }',
      { room: { id: 110, three: 11, five: 110 } },
    ],
    [
      'in lists, in fragments and under conditions',
      'query ($yes: Boolean = true) { rooms { ...F again { two four @skip(if: $yes) } } } fragment F on Room { four @include(if: $yes) }',
      { rooms: [{ four: 110, again: { two: 10 } }] },
    ],
    ['with arguments', 'query ($n: Int = 3) { room { four(times: $n) } }', { room: { four: 33 } }],
    ['with chains that are longer', '{ room { six } }', { room: { six: 1110 } }],
    [
      'of objects that their subgraph answers alone',
      '{ rooms { floor { __typename area lamps { ... on Tube { watts } } } three } }',
      { rooms: [{ floor: { __typename: 'Floor', area: 22, lamps: [{ watts: 11 }] }, three: 11 }] },
    ],
    ['of a field that several subgraphs answer, each with requirements', '{ room { eight } }', { room: { eight: 8 } }],
  ])('are repaired: requirements that go to and fro more than once, %s', async (_what, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it.each([
    ['one root field', 'mutation { build { four } }', { build: { four: 210 } }],
    [
      'several',
      'mutation { __typename build { four } next: build { id four } last: build { one } }',
      { __typename: 'Mutation', build: { four: 210 }, next: { id: '1', four: 310 }, last: { one: 4 } },
    ],
    [
      'several in fragments, under conditions, written twice',
      `mutation ($yes: Boolean = true, $n: Int = 1) { ...Both @include(if: $yes) build { three } no: build @skip(if: $yes) { id } }
        fragment Both on Mutation { build { four(times: $n) } ... { next: build @include(if: $yes) { four } } }`,
      { build: { four: 21, three: 21 }, next: { four: 310 } },
    ],
  ])('are repaired in mutations with %s: each is complete before the next begins', async (_what, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it('are refused: such requirements of an object that continues into other subgraphs', async () => {
    await expect(federation.ask('{ room { floor { area lift } } }')).rejects.toMatchObject({
      code: 'PLANNING_FAILED',
      message: expect.stringContaining('cannot be asked of subgraph'),
    });
  });

  it('are refused: requirements that nobody sends along', () => {
    const supergraph = parse(federation.supergraph.sdl);
    const find = misplacedFieldFinder(supergraph);
    const entities = (requires: string, selections: string) => {
      const fragment = {
        kind: 'InlineFragment' as const,
        typeCondition: 'Room',
        selections: [{ kind: 'Field' as const, name: requires }],
      };
      return find({ node: entityFetchNode('rooms', ['room'], 'Room', selections, { requires: [fragment] }) });
    };
    expect(entities('two', 'three')).toBeNull();
    expect(entities('id', 'three')).toMatch(/^Room\.three/);
    expect(entities('two', 'again { three }')).toMatch(/^Room\.three/);
    expect(find({ node: fetchNode('rooms', '{ room { id three } }') })).toMatch(/^Room\.three/);
    expect(find({ node: fetchNode('rooms', '{ room { id one ... on Room { title } } }') })).toMatch(/^Room\.title/);
    expect(find({ node: fetchNode('rooms', '{ titled { id one ... on Room { title } } }') })).toBeNull();
    expect(find({ node: null })).toBeNull();
  });

  it('make stock answer a wrong value', async () => {
    const { data } = await federation.askStock('{ room { four } }');
    expect(data).not.toEqual({ room: { four: 110 } });
  });

  it('are not those that go to and fro once, nor those with a provided field', async () => {
    expect(await federation.ask('{ room { three } titled { title } }')).toEqual({
      data: { room: { three: 11 }, titled: { title: 'hall' } },
    });
  });
});
