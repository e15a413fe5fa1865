import type { PlanNode } from '../../gateway/planning/plan';
import type { Supergraph } from '../../gateway/supergraph/supergraph';
import { type Answers, composed, entityFetchNode, executePlan, fetchNode } from '../fixtures/hand-written-plan';
import { FEDERATION } from './oracle/comparison';

/** Rows 2 and 8: several answers at one place, and the paths that lead to places. */
describe('answers at one place', () => {
  let supergraph: Supergraph;
  const both = (kind: 'Parallel' | 'Sequence', selections: string): PlanNode => ({
    kind,
    nodes: [fetchNode('one', `{ ${selections} }`), fetchNode('two', `{ ${selections} }`)],
  });
  const late = async (data: Record<string, unknown>) => {
    await new Promise((resolve) => setImmediate(resolve));
    return { data };
  };

  beforeAll(async () => {
    const shared = `type Query { user: User users: [User] grid: [[User]] any: Any anys: [Any] } union Any = User | Robot
      type User { id: ID name: String age: Int tags: [String] friend: User friends: [User] } type Robot { id: ID name: String owner: User }`;
    const sdl = `${FEDERATION} ${shared.replace(/type (\w+)/g, 'type $1 @shareable')}`;
    supergraph = await composed({ one: sdl, two: sdl });
  });

  const merge = async (selections: string, one: Record<string, unknown>, two: Record<string, unknown>) => {
    const query = `{ ${selections} }`;
    const answers: Answers = { one: () => late(one), two: () => ({ data: two }) };
    const parallel = await executePlan(supergraph, query, both('Parallel', selections), answers);
    const sequence = await executePlan(supergraph, query, both('Sequence', selections), answers);
    expect(parallel).toEqual(sequence);
    return parallel;
  };

  it('merges objects by key, deeply', async () => {
    const one = { user: { name: 'Ann', friend: { name: 'Bob' } } };
    const two = { user: { age: 3, friend: { age: 4, friend: { id: 'x' } } } };
    expect(await merge('user { name age friend { name age friend { id } } }', one, two)).toEqual({
      data: { user: { name: 'Ann', age: 3, friend: { name: 'Bob', age: 4, friend: { id: 'x' } } } },
    });
  });

  it('merges lists element by element, lists of lists too', async () => {
    const one = { users: [{ name: 'a' }, null, { name: 'c' }], grid: [[{ name: 'd' }], null] };
    const two = { users: [{ age: 1 }, { age: 2 }, null], grid: [[{ age: 4 }], [{ age: 5 }]] };
    expect(await merge('users { name age } grid { name age }', one, two)).toEqual({
      data: {
        users: [
          { name: 'a', age: 1 },
          { name: null, age: 2 },
          { name: 'c', age: null },
        ],
        grid: [[{ name: 'd', age: 4 }], [{ name: null, age: 5 }]],
      },
    });
  });

  it('never lets a null overwrite an object or a value', async () => {
    const full = { user: { name: 'Ann', tags: ['x'], friend: { id: '1' } } };
    const empty = { user: { name: null, tags: null, friend: null } };
    expect(await merge('user { name tags friend { id } }', full, empty)).toEqual({ data: full });
    expect(await merge('user { name tags friend { id } }', empty, full)).toEqual({ data: full });
    expect(await merge('user { name tags friend { id } }', full, { user: null })).toEqual({ data: full });
    expect(await merge('user { name tags friend { id } }', { user: null }, full)).toEqual({ data: full });
  });

  it('takes the later of two values, in the order of the plan and not of the answers', async () => {
    const query = 'user { name tags }';
    expect(await merge(query, { user: { name: 'a', tags: ['1', '2'] } }, { user: { name: 'b', tags: ['3'] } })).toEqual(
      {
        data: { user: { name: 'b', tags: ['3'] } },
      },
    );
  });

  it('survives answers of different shapes', async () => {
    expect(await merge('user { name } users { name }', { user: [], users: {} }, { user: 5, users: 'x' })).toMatchObject(
      {
        data: { user: null, users: null },
        errors: [{ path: ['user'] }, { path: ['users'] }],
      },
    );
    expect(await merge('user { name }', { user: 5 }, { user: { name: 'b' } })).toEqual({
      data: { user: { name: 'b' } },
    });
  });

  it('does not change what a subgraph answered', async () => {
    const freeze = <Value>(value: Value): Value => {
      if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
      return value;
    };
    const plan: PlanNode = {
      kind: 'Sequence',
      nodes: [
        fetchNode('one', '{ users { __typename id a__alias_0: name } }', {
          outputRewrites: [{ kind: 'KeyRenamer', path: ['users', 'a__alias_0'], renameKeyTo: 'name' }],
        }),
        entityFetchNode('two', ['users', '@'], 'User', 'age', {
          inputRewrites: [{ kind: 'ValueSetter', path: ['__typename'], setValueTo: 'Person' }],
        }),
      ],
    };
    const asked: unknown[] = [];
    const answer = await executePlan(supergraph, '{ users { id name age } }', plan, {
      one: () =>
        freeze({
          data: {
            users: [
              { __typename: 'User', id: '1', a__alias_0: 'x' },
              { __typename: 'User', id: '1', a__alias_0: '' },
            ],
          },
        }),
      two: ({ variables }) => {
        asked.push(variables);
        return freeze({ data: { _entities: [{ age: 5 }] } });
      },
    });
    expect(answer).toEqual({
      data: {
        users: [
          { id: '1', name: 'x', age: 5 },
          { id: '1', name: '', age: 5 },
        ],
      },
    });
    expect(asked).toEqual([{ representations: [{ __typename: 'Person', id: '1' }] }]);
  });

  describe('a flatten path', () => {
    const user = (id: string) => ({ __typename: 'User', id });
    const walk = async (query: string, path: readonly string[], data: Record<string, unknown>) => {
      const selections = query.replace(/age/g, '__typename id');
      const asked: unknown[] = [];
      const plan: PlanNode = {
        kind: 'Sequence',
        nodes: [fetchNode('one', selections), entityFetchNode('two', path, 'User', 'age')],
      };
      const answer = await executePlan(supergraph, query, plan, {
        one: () => ({ data }),
        two: ({ variables }) => {
          const representations = variables.representations as { id: string }[];
          asked.push(...representations.map(({ id }) => id));
          return { data: { _entities: representations.map(({ id }) => ({ age: Number(id) })) } };
        },
      });
      return { asked, answer };
    };

    it('leads through lists of lists, with nulls in them', async () => {
      const data = { grid: [[user('1'), null], null, [], [user('2'), user('1')]] };
      const { asked, answer } = await walk('{ grid { age } }', ['grid', '@', '@'], data);
      expect(asked).toEqual(['1', '2']);
      expect(answer.data).toEqual({ grid: [[{ age: 1 }, null], null, [], [{ age: 2 }, { age: 1 }]] });
    });

    it('leads through objects and lists in turn', async () => {
      const data = {
        users: [{ friend: { friends: [user('1'), user('2')] } }, { friend: null }, null, { friend: { friends: null } }],
      };
      const { asked, answer } = await walk(
        '{ users { friend { friends { age } } } }',
        ['users', '@', 'friend', 'friends', '@'],
        data,
      );
      expect(asked).toEqual(['1', '2']);
      expect(answer.data).toEqual({
        users: [
          { friend: { friends: [{ age: 1 }, { age: 2 }] } },
          { friend: null },
          null,
          { friend: { friends: null } },
        ],
      });
    });

    it('follows a key on objects of the named types only', async () => {
      const data = {
        anys: [
          { __typename: 'User', friend: user('1') },
          { __typename: 'Robot', owner: user('2') },
          { __typename: 'User', friend: null },
          { friend: user('3') },
        ],
      };
      const query = '{ anys { __typename ... on User { friend { age } } ... on Robot { owner { age } } } }';
      const friends = await walk(query, ['anys', '@', 'friend|[User]'], data);
      expect(friends.asked).toEqual(['1']);
      const owners = await walk(query, ['anys', '@', 'owner|[User,Robot]'], data);
      expect(owners.asked).toEqual(['2']);
      expect((await walk(query, ['anys', '@', 'owner|[Any]'], data)).asked).toEqual(['2']);
      expect((await walk(query, ['anys', '@', 'friend|[Robot]'], data)).asked).toEqual([]);
    });

    it('asks nothing for a single object where a list should be: it is refused', async () => {
      const { asked, answer } = await walk('{ users { age } }', ['users', '@'], { users: user('1') });
      expect(asked).toEqual([]);
      expect(answer).toMatchObject({ data: { users: null }, errors: [{ path: ['users'] }] });
    });

    it('asks nothing for a list where a single object should be: it is refused', async () => {
      const { asked, answer } = await walk('{ user { age } }', ['user'], { user: [user('1'), user('2')] });
      expect(asked).toEqual([]);
      expect(answer).toMatchObject({ data: { user: null }, errors: [{ path: ['user'] }] });
    });
  });
});
