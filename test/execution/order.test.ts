import { once } from 'node:events';
import { EventEmitter } from 'node:stream';
import { type Federation, type SubgraphOperation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** Rows 1 and 3: sequences wait, mutations keep their order, conditions choose a branch. */
describe('the order of fetches', () => {
  const turns = new EventEmitter();
  const arrivals: string[] = [];
  let held: string | null = null;
  let federation: Federation;

  const watch = (subgraph: string) => async (request: SubgraphOperation) => {
    if (request.query === '{__typename}') return false;
    const kind = request.query.startsWith('mutation') ? 'mutation' : 'query';
    arrivals.push(`${subgraph} ${kind}`);
    turns.emit('arrived');
    if (held === subgraph) await once(turns, 'released');
    return false;
  };

  beforeAll(async () => {
    const journal: string[] = [];
    const done = (entry: string) => {
      journal.push(entry);
      return { id: entry };
    };
    federation = await startFederation({
      one: {
        sdl: `${FEDERATION}
          type Query { thing: Thing }
          type Mutation { first(n: Int): Thing third(n: Int): Thing fails: Thing }
          type Thing @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: { thing: () => ({ id: 'thing' }) },
          Mutation: {
            first: (_root, { n }: { n: number }) => done(`first ${n}`),
            third: (_root, { n }: { n: number }) => done(`third ${n}`),
            fails: () => {
              throw new Error('cannot');
            },
          },
        },
        intercept: watch('one'),
      },
      two: {
        sdl: `${FEDERATION}
          type Query { other: String }
          type Mutation { second(n: Int): Thing }
          type Thing @key(fields: "id") { id: ID! label: String past: [String!] }`,
        resolvers: {
          Query: { other: () => 'other' },
          Mutation: { second: (_root, { n }: { n: number }) => done(`second ${n}`) },
          Thing: {
            __resolveReference: ({ id }: { id: string }) => ({ id }),
            label: ({ id }: { id: string }) => `label of ${id}`,
            past: () => [...journal],
          },
        },
        intercept: watch('two'),
      },
    });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    arrivals.length = 0;
    held = null;
    federation.asked('one');
    federation.asked('two');
  });

  it('waits for the first fetch of a sequence before it sends the second', async () => {
    held = 'one';
    const answer = federation.ask('{ thing { label } }');
    while (arrivals.length === 0) await once(turns, 'arrived');
    expect(arrivals).toEqual(['one query']);
    turns.emit('released');
    expect(await answer).toEqual({ data: { thing: { label: 'label of thing' } } });
    expect(arrivals).toEqual(['one query', 'two query']);
  });

  it('sends what is parallel at the same time', async () => {
    held = 'one';
    const answer = federation.ask('{ thing { id } other }');
    while (arrivals.length < 2) await once(turns, 'arrived');
    turns.emit('released');
    expect(await answer).toEqual({ data: { thing: { id: 'thing' }, other: 'other' } });
  });

  it('runs a mutation with its follow-up fetches before the next one begins, also of the same subgraph', async () => {
    const query = `mutation { a: first(n: 1) { id past label } b: second(n: 2) { past } c: third(n: 3) { past } d: first(n: 4) { past } }`;
    expect(await federation.ask(query)).toEqual({
      data: {
        a: { id: 'first 1', past: ['first 1'], label: 'label of first 1' },
        b: { past: ['first 1', 'second 2'] },
        c: { past: ['first 1', 'second 2', 'third 3'] },
        d: { past: ['first 1', 'second 2', 'third 3', 'first 4'] },
      },
    });
    expect(arrivals.slice(0, 4)).toEqual(['one mutation', 'two query', 'two mutation', 'one mutation']);
  });

  it('sends mutations of one subgraph together when nothing follows', async () => {
    const answer = await federation.ask('mutation { a: first(n: 5) { id } b: third(n: 6) { id } }');
    expect(answer).toEqual({ data: { a: { id: 'first 5' }, b: { id: 'third 6' } } });
    expect(arrivals).toEqual(['one mutation']);
  });

  it('runs a mutation once that is selected in several places, some of them under conditions', async () => {
    const query = `mutation ($yes: Boolean!) {
      ... { a: first(n: 7) { id } } second(n: 8) @skip(if: $yes) { id } a: first(n: 7) @include(if: $yes) { id label past }
      third(n: 9) { id } ... @include(if: $yes) { a: first(n: 7) { past } }
    }`;
    const { data } = await federation.ask(query, { yes: true });
    expect(data).toMatchObject({ a: { id: 'first 7', label: 'label of first 7' }, third: { id: 'third 9' } });
    expect(JSON.stringify(data).split('"first 7"')).toHaveLength(3);
    expect(arrivals).toEqual(['one mutation', 'two query', 'one mutation']);
  });

  it.each([
    [true, ['first 10', 'second 11']],
    [false, ['second 11', 'first 10']],
  ])('runs mutations in the order of what a variable of %s leaves', async (yes, order) => {
    const query = `mutation ($yes: Boolean!) {
      a: first(n: 10) @include(if: $yes) { id } second(n: 11) { id } ... @skip(if: false) { a: first(n: 10) { past } }
    }`;
    const { data } = await federation.ask(query, { yes });
    expect(Object.keys(data ?? {})).toEqual(order.map((one) => (one === 'first 10' ? 'a' : 'second')));
    const made = (await federation.ask('{ thing { past } }')).data;
    expect(JSON.stringify(made)).toContain(JSON.stringify(order).slice(1, -1));
  });

  it.each([
    '{ ... on Mutation { x: first(n: 21) { id } } y: second(n: 22) { id } ... on Mutation { z: first(n: 23) { id } } }',
    '{ ... @include(if: $yes) { x: first(n: 21) { id } } y: second(n: 22) { id } ... @include(if: $yes) { z: first(n: 23) { id } } }',
    '{ ... @include(if: $yes) { x: first(n: 21) @include(if: $also) { id } } y: second(n: 22) { id } ...Z @include(if: $yes) }',
    '{ t: __typename @include(if: $yes) x: first(n: 21) { id } ... on Mutation { t: __typename } ... on Mutation { y: second(n: 22) { id } z: third(n: 23) { id } } }',
  ])('runs mutations in fragments in their order: %s', async (selection) => {
    const used = ['yes', 'also'].filter((name) => selection.includes(`$${name}`));
    const variables = used.length === 0 ? '' : `(${used.map((name) => `$${name}: Boolean! = true`).join(' ')})`;
    const fragment = selection.includes('...Z')
      ? 'fragment Z on Mutation { z: first(n: 23) @include(if: $also) { id } }'
      : '';
    const query = `mutation ${variables} ${selection} ${fragment}`;
    const { data, errors } = await federation.ask(query, {});
    expect(errors).toBeUndefined();
    expect(Object.keys(data ?? {}).filter((key) => key !== 't')).toEqual(['x', 'y', 'z']);
    expect(arrivals).toEqual(['one mutation', 'two mutation', 'one mutation']);
  });

  it('goes on with the next mutation when one fails', async () => {
    const answer = await federation.ask('mutation { fails { label } second(n: 9) { id } }');
    expect(answer.data).toEqual({ fails: null, second: { id: 'second 9' } });
    expect(answer.errors).toMatchObject([{ message: 'cannot', path: ['fails'] }]);
  });

  it.each([
    [true, { thing: { id: 'thing', label: 'label of thing' } }, ['one query', 'two query']],
    [false, { thing: { id: 'thing' } }, ['one query']],
  ])('runs only the branch that a variable of %s chooses', async (yes, data, fetches) => {
    expect(await federation.ask('query ($yes: Boolean!) { thing { id label @include(if: $yes) } }', { yes })).toEqual({
      data,
    });
    expect(arrivals).toEqual(fetches);
  });

  it('takes a condition from the default of a variable', async () => {
    const query = 'query ($no: Boolean = true) { thing @skip(if: $no) { label } other @include(if: $no) }';
    expect(await federation.ask(query)).toEqual({ data: { other: 'other' } });
    expect(arrivals).toEqual(['two query']);
    expect(await federation.ask(query, { no: false })).toEqual({ data: { thing: { label: 'label of thing' } } });
  });

  it('sends nothing when all is left out, and answers what is left', async () => {
    const query = 'query ($yes: Boolean!) { thing @include(if: $yes) { label } }';
    expect(await federation.ask(query, { yes: false })).toEqual({ data: {} });
    expect(arrivals).toEqual([]);
  });

  it('chooses anew for each request of one operation', async () => {
    const query = 'query ($a: Boolean!, $b: Boolean!) { thing { label @skip(if: $a) id @include(if: $b) } }';
    const data = async (a: boolean, b: boolean) => (await federation.ask(query, { a, b })).data;
    expect(await data(true, true)).toEqual({ thing: { id: 'thing' } });
    expect(await data(false, false)).toEqual({ thing: { label: 'label of thing' } });
    expect(await data(true, false)).toEqual({ thing: {} });
    expect(await data(false, true)).toEqual({ thing: { label: 'label of thing', id: 'thing' } });
  });

  it('does not ask for what is left out for good below a condition', async () => {
    const query = 'query ($no: Boolean!) { thing @skip(if: $no) { id label @skip(if: true) } }';
    expect(await federation.ask(query, { no: false })).toEqual({ data: { thing: { id: 'thing' } } });
    expect(arrivals).toEqual(['one query']);
  });

  it('combines skip and include on one field and on the fragments around it', async () => {
    const query = `query ($t: Boolean = true, $f: Boolean = false) {
      thing { a: id @skip(if: $f) @include(if: $t) b: id @skip(if: $t) @include(if: $t) c: id @skip(if: $f) @include(if: $f)
        ... @include(if: $t) { d: label ... @skip(if: $t) { e: label } } ...F @include(if: $f) ...G @skip(if: $f) } }
      fragment F on Thing { f: label } fragment G on Thing { g: label }`;
    expect(await federation.ask(query)).toEqual({
      data: { thing: { a: 'thing', d: 'label of thing', g: 'label of thing' } },
    });
  });

  it('answers an empty object where contradicting conditions leave nothing of it', async () => {
    const query = `query ($x: Boolean = false) { thing @skip(if: $x) { id @include(if: $x) ...F @include(if: $x) } other }
      fragment F on Thing { label }`;
    expect(await federation.ask(query)).toEqual({ data: { thing: {}, other: 'other' } });
    expect(await federation.ask(query, { x: true })).toEqual({ data: { other: 'other' } });
    const nested =
      'query ($x: Boolean = false) { ... @skip(if: $x) { thing { ... { ... @include(if: $x) { label } } } } }';
    expect(await federation.ask(nested)).toEqual({ data: { thing: {} } });
  });

  it('looks at the conditions of the chosen operation only', async () => {
    const query = `query One($yes: Boolean!) { thing { ...A } } fragment A on Thing { id @include(if: $yes) }
      query Two { thing { ...B } } fragment B on Thing { label }`;
    expect(await federation.ask(query, {}, 'Two')).toEqual({ data: { thing: { label: 'label of thing' } } });
    expect(await federation.ask(query, { yes: true }, 'One')).toEqual({ data: { thing: { id: 'thing' } } });
  });

  it('refuses a null where a condition needs a Boolean', async () => {
    const query = 'query ($yes: Boolean = true) { thing { id @include(if: $yes) } }';
    const answer = await federation.ask(query, { yes: null });
    expect(answer.data).toBeUndefined();
    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(arrivals).toEqual([]);
  });
});
