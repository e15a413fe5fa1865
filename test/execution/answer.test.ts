import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** What the subgraph answers for its root fields, as JSON, whatever its schema says. */
let data: Record<string, unknown> = {};
/** The same as text, where JSON.stringify would not write it. */
let text: string | null = null;

/** Rows 9 to 11: the shape of the answer, checked values, nulls on their way up. */
describe('the answer', () => {
  let federation: Federation;
  const ask = (query: string, answered: Record<string, unknown>) => {
    data = answered;
    return federation.ask(query);
  };

  beforeAll(async () => {
    federation = await startFederation({
      values: {
        sdl: `${FEDERATION}
          scalar JSON
          type Query { int: Int float: Float string: String boolean: Boolean id: ID json: JSON mood: Mood moods: [Mood] ints: [Int] grid: [[Int!]] strictInts: [Int!]!
            user: User users: [User!] must: User! pet: Pet pets: [Pet] named: Named thing: Thing strictMood: Mood! musts: [User!]! hiddenField: User }
          type User { id: ID name: String! nick: String friend: User friends: [User!]! best: User! mood: Mood secret: String @inaccessible }
          enum Mood { CALM WILD HIDDEN @inaccessible }
          union Pet = Dog | Cat | Ghost
          interface Named { name: String }
          type Dog implements Named { name: String bark: Int }
          type Cat implements Named { name: String purr: Int }
          type Ghost implements Named @inaccessible { name: String }
          type Thing { id: ID }`,
        distort: () => text ?? { data },
      },
    });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    text = null;
  });

  describe('checks values', () => {
    it.each([
      ['int', 1, 1],
      ['int', -0, 0],
      ['int', 2147483647, 2147483647],
      ['float', 1.5, 1.5],
      ['float', 2, 2],
      ['string', '', ''],
      ['boolean', false, false],
      ['id', 'x', 'x'],
      ['id', 7, '7'],
      ['json', { a: [1, { b: null }] }, { a: [1, { b: null }] }],
      ['json', 'text', 'text'],
      ['mood', 'WILD', 'WILD'],
      ['ints', [1, null], [1, null]],
      ['grid', [[1], null, []], [[1], null, []]],
      ['moods', ['WILD', null, 'HIDDEN', 'CALM'], ['WILD', null, null, 'CALM']],
      ['mood', 'HIDDEN', null],
    ])('%s as %j', async (field, given, wanted) => {
      expect(await ask(`{ ${field} }`, { [field]: given })).toEqual({ data: { [field]: wanted } });
    });

    it.each([
      ['int', '1'],
      ['int', 1.5],
      ['int', 2147483648],
      ['int', true],
      ['int', []],
      ['int', {}],
      ['float', '1.5'],
      ['string', 5],
      ['string', {}],
      ['string', ['a']],
      ['boolean', 1],
      ['boolean', 'true'],
      ['id', 1.5],
      ['id', {}],
      ['mood', 'UNKNOWN'],
      ['mood', 1],
      ['mood', ['WILD']],
      ['mood', 'toString'],
      ['ints', 1],
      ['ints', { 0: 1, length: 1 }],
    ])('%s not as %j: null and an error', async (field, given) => {
      const answer = await ask(`{ ${field} }`, { [field]: given });
      expect(answer.data).toEqual({ [field]: null });
      expect(answer.errors).toMatchObject([{ path: [field], extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } }]);
    });

    it('in lists, one error for each wrong element', async () => {
      const answer = await ask('{ ints moods }', { ints: [1, 'x', 3, {}], moods: ['NONE'] });
      expect(answer.data).toEqual({ ints: [1, null, 3, null], moods: [null] });
      expect(answer.errors?.map(({ path }) => path)).toEqual([
        ['ints', 1],
        ['ints', 3],
        ['moods', 0],
      ]);
    });

    it('a number too large for JSON is no Float', async () => {
      text = '{"data":{"float":1e999}}';
      const answer = await federation.ask('{ float }');
      expect(answer).toMatchObject({ data: { float: null }, errors: [{ path: ['float'] }] });
    });

    it.each([
      ['a list for an object', '{ user { id } }', { user: [{ id: '1' }] }, ['user']],
      ['a value for an object', '{ user { id } }', { user: 'x' }, ['user']],
      ['an object for a list', '{ users { id } }', { users: { id: '1' } }, ['users']],
      ['a value for a list', '{ users { id } }', { users: 0 }, ['users']],
      [
        'a list for an element',
        '{ pets { ... on Dog { bark } } }',
        { pets: [[{ __typename: 'Dog', bark: 1 }]] },
        ['pets', 0],
      ],
    ])('%s: null and an error', async (_what, query, given, path) => {
      const answer = await ask(query, given);
      expect(JSON.stringify(answer.data)).toMatch(/null/);
      expect(answer.errors).toMatchObject([{ path, extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } }]);
    });

    it('thousands of wrong values at once', async () => {
      const many = Array.from({ length: 100_000 }, () => 'x');
      const answer = await ask('{ ints }', { ints: many });
      expect(answer.errors).toHaveLength(1000);
    });
  });

  describe('hides types', () => {
    it.each([
      [
        'an object of a hidden type',
        '{ pet { ... on Dog { bark } } }',
        { pet: { __typename: 'Ghost' } },
        { pet: null },
      ],
      [
        'one in a list',
        '{ pets { __typename } }',
        { pets: [{ __typename: 'Ghost' }, { __typename: 'Dog' }] },
        { pets: [null, { __typename: 'Dog' }] },
      ],
      ['one behind an interface', '{ named { name } }', { named: { __typename: 'Ghost', name: 'x' } }, { named: null }],
    ])('%s', async (_what, query, given, wanted) => expect(await ask(query, given)).toEqual({ data: wanted }));

    it.each([
      ['an unknown type', { __typename: 'Nobody' }],
      ['a type that is not a member', { __typename: 'Thing' }],
      ['no type', {}],
      ['a type that is no string', { __typename: 5 }],
    ])('but refuses %s', async (_what, pet) => {
      const answer = await ask('{ pet { ... on Dog { bark } } }', { pet });
      expect(answer.data).toEqual({ pet: null });
      expect(answer.errors).toMatchObject([{ path: ['pet'], extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } }]);
    });

    it.each([
      ['without a type', { name: 'x' }],
      ['of the interface’s own name', { __typename: 'Named', name: 'x' }],
    ])('takes an object %s for the interface, whose name is no type of an object', async (_what, named) => {
      expect(await ask('{ named { name } }', { named })).toEqual({ data: { named: { name: 'x' } } });
      const answer = await ask('{ named { t: __typename name } }', { named });
      expect(answer.data).toEqual({ named: null });
      expect(answer.errors).toMatchObject([
        { path: ['named', 't'], extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } },
      ]);
    });
  });

  describe('has the shape of the operation', () => {
    it('without what was not asked for, in the order of the operation', async () => {
      const user = { id: '1', nick: 'n', name: 'Ann', secret: 'x', extra: { a: 1 }, __typename: 'User' };
      const answer = await ask('{ user { nick name } string }', { string: 's', user, more: 1 });
      expect(JSON.stringify(answer)).toBe('{"data":{"user":{"nick":"n","name":"Ann"},"string":"s"}}');
    });

    it('with merged keys, fragments by type and the typename', async () => {
      const query = `{ pets { __typename ...N ... on Dog { bark } ... on Cat { purr } } user { friend { id } ...U } }
        fragment N on Named { name } fragment U on User { friend { name friend { nick } } }`;
      const friend = { id: '2', name: 'B', friend: { nick: 'c' } };
      expect(
        await ask(query, {
          pets: [
            { __typename: 'Dog', name: 'd', bark: 1, purr: 9 },
            { __typename: 'Cat', name: 'c', purr: 2 },
          ],
          user: { friend },
        }),
      ).toEqual({
        data: {
          pets: [
            { __typename: 'Dog', name: 'd', bark: 1 },
            { __typename: 'Cat', name: 'c', purr: 2 },
          ],
          user: { friend },
        },
      });
    });

    it('with the root’s typename, for which nobody is asked', async () => {
      federation.asked('values');
      expect(await federation.ask('{ __typename a: __typename }')).toEqual({
        data: { __typename: 'Query', a: 'Query' },
      });
      expect(federation.asked('values')).toEqual([]);
    });

    it('with null for what the subgraph left out', async () => {
      expect(await ask('{ user { id nick } int }', { user: { id: '1' } })).toEqual({
        data: { user: { id: '1', nick: null }, int: null },
      });
    });

    it('not with what is inherited from Object', async () => {
      const answer = await ask('{ constructor: string toString: int user { valueOf: nick name } }', {
        user: { name: 'x' },
      });
      expect(answer).toEqual({ data: { constructor: null, toString: null, user: { valueOf: null, name: 'x' } } });
    });
  });

  describe('lets nulls rise', () => {
    const error = (path: (string | number)[], message: string) => ({
      message,
      path,
      extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' },
    });
    const none = (coordinate: string) => `Cannot return null for non-nullable field ${coordinate}.`;
    const ann = { name: 'Ann' };

    it.each([
      [
        'to the next nullable field',
        '{ user { name } }',
        { user: { name: null } },
        { user: null },
        error(['user', 'name'], none('User.name')),
      ],
      [
        'past non-null fields',
        '{ user { friend { best { best { name } } } } }',
        { user: { friend: { best: { best: {} } } } },
        { user: { friend: null } },
        error(['user', 'friend', 'best', 'best', 'name'], none('User.name')),
      ],
      [
        'to the list of non-null elements',
        '{ users { name } int }',
        { users: [ann, { name: null }, ann], int: 1 },
        { users: null, int: 1 },
        error(['users', 1, 'name'], none('User.name')),
      ],
      [
        'from a null element',
        '{ users { name } }',
        { users: [ann, null] },
        { users: null },
        error(['users', 1], none('Query.users')),
      ],
      [
        'from an element of a nested list to its list',
        '{ grid }',
        { grid: [[1], [1, null], null] },
        { grid: [[1], null, null] },
        error(['grid', 1, 1], none('Query.grid')),
      ],
      [
        'from a list of non-null values to the root',
        '{ strictInts int }',
        { strictInts: [1, null], int: 1 },
        null,
        error(['strictInts', 1], none('Query.strictInts')),
      ],
      ['to the root', '{ must { name } int }', { must: null, int: 1 }, null, error(['must'], none('Query.must'))],
      [
        'to the root from below',
        '{ musts { friends { name } } }',
        { musts: [{ friends: [ann, { name: null }] }] },
        null,
        error(['musts', 0, 'friends', 1, 'name'], none('User.name')),
      ],
      [
        'from a value that is left out',
        '{ user { best { nick } nick } }',
        { user: { nick: 'x' } },
        { user: null },
        error(['user', 'best'], none('User.best')),
      ],
      [
        'from a hidden enum value',
        '{ strictMood }',
        { strictMood: 'HIDDEN' },
        null,
        error(['strictMood'], none('Query.strictMood')),
      ],
      [
        'with the error of a wrong value',
        '{ user { name } }',
        { user: { name: 5 } },
        { user: null },
        error(['user', 'name'], "User.name cannot represent the subgraph's value as String."),
      ],
    ])('%s', async (_what, query, given, wanted, expected) => {
      expect(await ask(query, given)).toEqual({ data: wanted, errors: [expected] });
    });

    it('each with its own error when they stop at different places', async () => {
      const answer = await ask('{ pets { __typename } a: user { name } b: user { name } }', { pets: [], a: {}, b: {} });
      expect(answer.data).toEqual({ pets: [], a: null, b: null });
      expect(answer.errors?.map(({ path }) => path)).toEqual([
        ['a', 'name'],
        ['b', 'name'],
      ]);
    });
  });
});
