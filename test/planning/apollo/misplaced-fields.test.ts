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
        sdl: `${FEDERATION} type Query { room: Room titled: Room @provides(fields: "title") }
          type Room @key(fields: "id") { id: ID! again: Room one: Int two: Int @external three: Int @requires(fields: "two") title: String @external }`,
        resolvers: {
          Query: { room: () => ({ id: '1' }), titled: () => ({ id: '1', title: 'hall' }) },
          Room: { ...reference, one: () => 1, three: ({ two }: { two: number }) => two + 1 },
        },
      },
      plans: {
        sdl: `${FEDERATION}
          type Room @key(fields: "id") { id: ID! one: Int @external two: Int @requires(fields: "one") three: Int @external four: Int @requires(fields: "three") title: String @shareable }`,
        resolvers: {
          Room: {
            ...reference,
            two: ({ one }: { one: number }) => one * 10,
            four: ({ three }: { three: number }) => three * 10,
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('are refused: requirements that go to and fro more than once', async () => {
    await expect(federation.ask('{ room { four } }')).rejects.toMatchObject({
      code: 'PLANNING_FAILED',
      message: expect.stringContaining('Room.two cannot be asked of subgraph rooms'),
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
