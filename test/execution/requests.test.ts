import { type Federation, startFederation } from '../fixtures/federation';
import { composed, executePlan, fetchNode } from '../fixtures/hand-written-plan';
import { FEDERATION } from './oracle/comparison';

/** Rows 13 and 14, and the request errors: variables, introspection, operations that nobody can answer. */
describe('operations of a client', () => {
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      one: {
        sdl: `${FEDERATION}
          scalar JSON
          type Query { echo(text: String = "none", input: Input, list: [Int!], id: ID, mood: Mood, json: JSON): String user: User }
          input Input { a: Int! b: [Input!] c: String = "c" secret: Int @inaccessible }
          enum Mood { CALM WILD HIDDEN @inaccessible }
          type User @key(fields: "id") { id: ID! hidden: String @inaccessible }
          type Hidden @inaccessible { a: Int }`,
        resolvers: {
          Query: { echo: (_root, given: object) => JSON.stringify(given), user: () => ({ id: '1' }) },
        },
      },
      two: {
        sdl: `${FEDERATION} type User @key(fields: "id") { id: ID! greet(with: String!, times: Int = 1): String }`,
        resolvers: {
          User: {
            __resolveReference: (reference: object) => reference,
            greet: (_user, { with: word, times }: { with: string; times: number }) => Array(times).fill(word).join(' '),
          },
        },
      },
    });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    federation.asked('one');
    federation.asked('two');
  });

  const echoed = async (query: string, variables: Record<string, unknown> = {}) => {
    const { data, errors } = await federation.ask(query, variables);
    expect(errors).toBeUndefined();
    return JSON.parse((data as { echo: string }).echo);
  };

  it('send each subgraph the variables that its fetch uses, and no others', async () => {
    const query = 'query ($t: String, $w: String!, $n: Int) { echo(text: $t) user { greet(with: $w, times: $n) } }';
    const { data } = await federation.ask(query, { t: 'x', w: 'hi', n: 2, more: 'no' });
    expect(data).toEqual({ echo: '{"text":"x"}', user: { greet: 'hi hi' } });
    expect(federation.asked('one').map(({ variables }) => variables)).toEqual([{ t: 'x' }]);
    expect(federation.asked('two').map(({ variables }) => Object.keys(variables).sort())).toEqual([
      ['n', 'representations', 'w'],
    ]);
  });

  it('use the defaults of variables, and tell null from nothing', async () => {
    const query = 'query ($t: String = "default") { echo(text: $t) }';
    expect(await echoed(query)).toEqual({ text: 'default' });
    expect(await echoed(query, { t: null })).toEqual({ text: null });
    expect(await echoed(query, { t: 'x' })).toEqual({ text: 'x' });
    expect(await echoed('query ($t: String) { echo(text: $t) }')).toEqual({ text: 'none' });
    expect(await echoed('query ($t: String) { echo(text: $t) }', { t: null })).toEqual({ text: null });
  });

  it('have their values coerced', async () => {
    const query =
      'query ($input: Input, $list: [Int!], $id: ID, $mood: Mood, $json: JSON) { echo(input: $input, list: $list, id: $id, mood: $mood, json: $json) }';
    const variables = {
      input: { a: 1, b: { a: 2, c: null } },
      list: 3,
      id: 4,
      mood: 'WILD',
      json: { a: [1, { b: null }] },
    };
    expect(await echoed(query, variables)).toEqual({
      text: 'none',
      input: { a: 1, b: [{ a: 2, c: null }], c: 'c' },
      list: [3],
      id: '4',
      mood: 'WILD',
      json: { a: [1, { b: null }] },
    });
    expect(federation.asked('one')[0]?.variables.id).toBe('4');
  });

  it('are refused with every wrong variable named, and without data', async () => {
    const query =
      'query ($input: Input, $list: [Int!], $w: String!, $mood: Mood) { echo(input: $input, list: $list, mood: $mood) user { greet(with: $w) } }';
    const { errors = [], ...rest } = await federation.ask(query, {
      input: { a: 'x', secret: 1 },
      list: [null],
      mood: 'HIDDEN',
    });
    expect(rest).toEqual({});
    expect(errors.map(({ message }) => message.match(/"\$?([\w.[\]]+)"/)?.[1])).toEqual(
      expect.arrayContaining(['input', 'list', 'mood', 'w']),
    );
    expect(errors.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT')).toBe(true);
    expect(federation.asked('one')).toEqual([]);
  });

  it('may have any number of variables that nothing uses', async () => {
    const query = 'query ($a: Boolean!) { user { id @include(if: $a) } }';
    expect(await federation.ask(query, { a: true, __proto__: { b: 1 }, constructor: 'x' })).toEqual({
      data: { user: { id: '1' } },
    });
  });

  describe('introspection', () => {
    it('is answered from what clients may see', async () => {
      const { data } =
        await federation.ask(`{ __schema { types { name } queryType { name } } mood: __type(name: "Mood") { enumValues { name } }
        user: __type(name: "User") { fields { name } } input: __type(name: "Input") { inputFields { name } } hidden: __type(name: "Hidden") { name } any: __type(name: "_Any") { name } }`);
      expect(data).toMatchObject({
        mood: { enumValues: [{ name: 'CALM' }, { name: 'WILD' }] },
        user: { fields: [{ name: 'id' }, { name: 'greet' }] },
        input: { inputFields: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
        hidden: null,
        any: null,
      });
      expect(federation.asked('one')).toEqual([]);
    });

    it('mixes with data, fragments, aliases, variables and conditions', async () => {
      const query = `query ($name: String!, $yes: Boolean!, $no: Boolean!) { user { id } ...S t: __type(name: $name) { ...N fields @include(if: $no) { name } }
        skipped: __schema @skip(if: $yes) { queryType { name } } }
        fragment S on Query { __schema { queryType { ...N } } } fragment N on __Type { n: name kind @include(if: $yes) }`;
      expect(await federation.ask(query, { name: 'User', yes: true, no: false })).toEqual({
        data: {
          user: { id: '1' },
          __schema: { queryType: { n: 'Query', kind: 'OBJECT' } },
          t: { n: 'User', kind: 'OBJECT' },
        },
      });
    });

    it('merges fields of one response key', async () => {
      const query = '{ a: __type(name: "User") { name } a: __type(name: "User") { kind } }';
      expect(await federation.ask(query)).toEqual({ data: { a: { name: 'User', kind: 'OBJECT' } } });
    });
  });

  describe('that no subgraph can answer', () => {
    const sdl = `${FEDERATION} type Query { a: Int b: Int } type Mutation { c: Int }`;

    it('are refused without data when they ask for some', async () => {
      const supergraph = await composed({ one: sdl });
      const run = (query: string, variables = {}) => executePlan(supergraph, query, null, {}, variables);
      await expect(run('{ a }')).rejects.toMatchObject({ code: 'PLANNING_FAILED' });
      await expect(run('{ a __typename }')).rejects.toMatchObject({ code: 'PLANNING_FAILED' });
      await expect(run('mutation { c }')).rejects.toMatchObject({ code: 'PLANNING_FAILED' });
      const query = 'query ($no: Boolean!) { a @skip(if: true) ... @include(if: $no) { b } }';
      expect(await run(query, { no: false })).toEqual({ data: {} });
      await expect(run(query, { no: true })).rejects.toMatchObject({ code: 'PLANNING_FAILED' });
      expect(await run('{ __typename __schema { queryType { name } } }')).toEqual({
        data: { __typename: 'Query', __schema: { queryType: { name: 'Query' } } },
      });
      expect(await run('mutation { t: __typename }')).toEqual({ data: { t: 'Mutation' } });
    });

    it('are refused when the plan names a subgraph that is not there', async () => {
      const supergraph = await composed({ one: sdl });
      await expect(executePlan(supergraph, '{ a }', fetchNode('gone', '{ a }'), {})).rejects.toMatchObject({
        code: 'PLANNING_FAILED',
      });
    });
  });
});
