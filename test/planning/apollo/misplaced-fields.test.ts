import { parse } from 'graphql';
import { misplacedFieldFinder } from '../../../gateway/planning/apollo/misplaced-fields';
import { type Federation, startFederation } from '../../fixtures/federation';
import { entityFetchNode, fetchNode } from '../../fixtures/hand-written-plan';

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@provides", "@shareable"])`;

describe('plans that ask a subgraph for a field of another', () => {
  let federation: Federation;
  const reference = { __resolveReference: (given: object) => given };

  beforeAll(async () => {
    federation = await startFederation({
      rooms: {
        sdl: `${FEDERATION} type Mutation { build: Room } type Query { room: Room rooms: [Room] titled: Room @provides(fields: "title") }
          type Room @key(fields: "id") { id: ID! again: Room one: Int two: Int @external three: Int @requires(fields: "two") four(times: Int = 10): Int @external five: Int @requires(fields: "four") title: String @external }`,
        resolvers: {
          Mutation: { build: () => ({ id: '1' }) },
          Query: { room: () => ({ id: '1' }), rooms: () => [{ id: '1' }], titled: () => ({ id: '1', title: 'hall' }) },
          Room: {
            ...reference,
            one: () => 1,
            again: () => ({ id: '2' }),
            three: ({ two }: { two: number }) => two + 1,
            five: ({ four }: { four: number }) => four + 1,
          },
        },
      },
      plans: {
        sdl: `${FEDERATION}
          type Room @key(fields: "id") { id: ID! one: Int @external two: Int @requires(fields: "one") three: Int @external four(times: Int = 10): Int @requires(fields: "three") five: Int @external six: Int @requires(fields: "five") title: String @shareable }`,
        resolvers: {
          Room: {
            ...reference,
            two: ({ one }: { one: number }) => one * 10,
            four: ({ three }: { three: number }, { times }: { times: number }) => three * times,
            six: ({ five }: { five: number }) => five * 10,
          },
        },
      },
    });
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
  ])('are repaired: requirements that go to and fro more than once, %s', async (_what, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it('are refused: such requirements in a mutation of several steps, each of which has to be complete before the next', async () => {
    expect(await federation.ask('mutation { build { four } }')).toEqual({ data: { build: { four: 110 } } });
    await expect(federation.ask('mutation { build { four } then: build { id } }')).rejects.toMatchObject({
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
    expect(find({ node: fetchNode('rooms', '{ room { id one ... on Room { title } } }') })).toBeNull();
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
