import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** What is fetched below an object for one type says nothing about what is fetched there for another. */
describe('fields of different types that require the same nested path', () => {
  let federation: Federation;

  beforeAll(async () => {
    const info = (id: string) => ({ a: `a${id}`, b: `b${id}`, deep: { c: `c${id}`, d: `d${id}` } });
    const nodes = [
      { __typename: 'Book', id: '1', info: info('1'), maker: { __typename: 'Maker', id: 'm1' } },
      { __typename: 'Film', id: '2', info: info('2'), maker: { __typename: 'Maker', id: 'm2' } },
    ];
    interface Sent {
      id: string;
      info?: { a?: string; deep?: { c?: string } };
      maker?: { rank?: string };
    }
    const given = (value: string | undefined) => {
      if (value === undefined) throw new Error('what it requires was not sent');
      return value;
    };
    const owner = {
      plain: ({ id }: Sent) => `plain ${id}`,
      shallow: ({ info: sent }: Sent) => given(sent?.a),
      deep: ({ info: sent }: Sent) => given(sent?.deep?.c),
      made: ({ maker }: Sent) => given(maker?.rank),
    };
    const fields = 'id: ID! info: Info maker: Maker';
    const owned = (
      name: string,
    ) => `type ${name} @key(fields: "id") { id: ID! info: Info @external maker: Maker @external plain: String
      shallow: String @requires(fields: "info { a }") deep: String @requires(fields: "info { deep { c } }")
      made: String @requires(fields: "maker { rank }") }`;
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { nodes: [Node] }
          interface Node { ${fields} }
          type Book implements Node @key(fields: "id") { ${fields} }
          type Film implements Node @key(fields: "id") { ${fields} }
          type Info { a: String b: String deep: Deep } type Deep { c: String d: String }
          type Maker @key(fields: "id") { id: ID! name: String }`,
        resolvers: {
          Query: { nodes: () => nodes },
          Maker: { name: ({ id }: Sent) => `name ${id}` },
        },
      },
      makers: {
        sdl: `${FEDERATION} type Maker @key(fields: "id") { id: ID! rank: String }`,
        resolvers: { Maker: { rank: ({ id }: Sent) => `rank ${id}` } },
      },
      extras: {
        sdl: `${FEDERATION} ${owned('Book')} ${owned('Film')}
          type Info { a: String @external deep: Deep @external } type Deep { c: String @external }
          type Maker @key(fields: "id") { id: ID! rank: String @external }`,
        resolvers: { Book: owner, Film: owner },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    [
      'of a value',
      `query ($no: Boolean!) { nodes { ... on Book { plain info { b } shallow @include(if: $no) } ... on Film { plain shallow } } }`,
      [
        { plain: 'plain 1', info: { b: 'b1' } },
        { plain: 'plain 2', shallow: 'a2' },
      ],
      [
        { plain: 'plain 1', info: { b: 'b1' }, shallow: 'a1' },
        { plain: 'plain 2', shallow: 'a2' },
      ],
    ],
    [
      'of a value in a value',
      `query ($no: Boolean!) { nodes { ... on Book { plain info { deep { d } } deep @include(if: $no) } ... on Film { plain deep } } }`,
      [
        { plain: 'plain 1', info: { deep: { d: 'd1' } } },
        { plain: 'plain 2', deep: 'c2' },
      ],
      [
        { plain: 'plain 1', info: { deep: { d: 'd1' } }, deep: 'c1' },
        { plain: 'plain 2', deep: 'c2' },
      ],
    ],
    [
      'of an entity of another subgraph',
      `query ($no: Boolean!) { nodes { ... on Book { plain maker { name } made @include(if: $no) } ... on Film { plain made } } }`,
      [
        { plain: 'plain 1', maker: { name: 'name m1' } },
        { plain: 'plain 2', made: 'rank m2' },
      ],
      [
        { plain: 'plain 1', maker: { name: 'name m1' }, made: 'rank m1' },
        { plain: 'plain 2', made: 'rank m2' },
      ],
    ],
    [
      'with a part that another one requires',
      `query ($no: Boolean!) { nodes { ... on Book { plain shallow deep @include(if: $no) } ... on Film { deep made @include(if: $no) maker { name } } } }`,
      [
        { plain: 'plain 1', shallow: 'a1' },
        { deep: 'c2', maker: { name: 'name m2' } },
      ],
      [
        { plain: 'plain 1', shallow: 'a1', deep: 'c1' },
        { deep: 'c2', made: 'rank m2', maker: { name: 'name m2' } },
      ],
    ],
  ])('%s', async (_what, query, without, nodes) => {
    expect(await federation.ask(query, { no: false })).toEqual({ data: { nodes: without } });
    expect(await federation.ask(query, { no: true })).toEqual({ data: { nodes } });
  });
});
