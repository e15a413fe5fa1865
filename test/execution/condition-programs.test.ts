import { setTimeout as later, setImmediate as turn } from 'node:timers/promises';
import { CancellationSource } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import { CompileBudget } from '../../gateway/execution/compile-budget';
import type { Operation } from '../../gateway/execution/operation';
import { ProgramCache } from '../../gateway/execution/program-cache';
import { Compiler, OWN_PROGRAMS_MAX } from '../../gateway/execution/programs';
import { ByteBudget, KEPT_SHARE } from '../../gateway/kept';
import { type Federation, startFederation } from '../fixtures/federation';
import { newFlight } from '../fixtures/flight';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])`;
const SHELVES = `${LINK}
  type Query { shelf: Shelf things: [Thing!]! }
  type Shelf @key(fields: "id") { id: ID! label: String books: [Book!] next: Shelf }
  interface Thing { id: ID! }
  type Book implements Thing @key(fields: "id") { id: ID! pages: Int }
  type Lamp implements Thing @key(fields: "id") { id: ID! watts: Int }`;
const PRICES = `${LINK}
  type Book @key(fields: "id") { id: ID! price: Int pages: Int @external perPage: Int @requires(fields: "pages") }
  type Lamp @key(fields: "id") { id: ID! price: Int }
  type Shelf @key(fields: "id") { id: ID! rent: Int }`;

interface Reference {
  readonly id: string;
}
interface Entity extends Reference {
  readonly __typename: string;
}
const shelf = (id: string) => ({ id, label: `shelf ${id}` });
const book = (id: string) => ({ __typename: 'Book', id, pages: 100 * Number(id) });

function startShop(): Promise<Federation> {
  return startFederation({
    shelves: {
      sdl: SHELVES,
      resolvers: {
        Query: { shelf: () => shelf('1'), things: () => [book('3'), { __typename: 'Lamp', id: '4', watts: 60 }] },
        Shelf: {
          __resolveReference: ({ id }: Reference) => shelf(id),
          books: ({ id }: Reference) => [book(id), book('5')],
          next: ({ id }: Reference) => (id === '1' ? shelf('2') : null),
        },
        Book: { __resolveReference: ({ id }: Reference) => book(id) },
      },
    },
    prices: {
      sdl: PRICES,
      resolvers: {
        Book: {
          __resolveReference: (given: Reference) => given,
          price: ({ id }: Reference) => 10 * Number(id),
          perPage: ({ pages }: { pages: number }) => pages / 10,
        },
        Lamp: { __resolveReference: (given: Reference) => given, price: () => 7 },
        Shelf: { __resolveReference: (given: Reference) => given, rent: ({ id }: Reference) => Number(id) },
      },
    },
  });
}

const SIX = `query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!, $f: Boolean!) {
  __typename @include(if: $f)
  shelf { id @skip(if: $a)
    ... @include(if: $b) { rent books { price title: pages @include(if: $c) } }
    books @skip(if: $d) { pages ... on Book @include(if: $c) { perPage pages } }
    next @include(if: $e) { ...Shelf label } ...Shelf @skip(if: $f) }
  things @skip(if: $b) { id ... on Lamp @include(if: $a) { watts price } ... on Book @skip(if: $e) { price } }
  __schema @include(if: $e) { queryType { name } }
}
fragment Shelf on Shelf { rent @skip(if: $c) books { id price @include(if: $a) } }`;

function combinations(names: string): Record<string, boolean>[] {
  return Array.from({ length: 2 ** names.length }, (_, bits) =>
    Object.fromEntries([...names].map((name, index) => [name, ((bits >> index) & 1) === 1])),
  );
}

async function answers(operation: Operation, all: readonly Record<string, boolean>[]): Promise<string[]> {
  const texts: string[] = [];
  for (const variables of all) texts.push(JSON.stringify(await operation.execute(variables, newFlight())));
  return texts;
}

describe('combinations of Boolean variables', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startShop();
  });
  afterAll(() => federation.close());

  it('share one program beyond the first ones, with the same answers', async () => {
    const own = new Compiler({ ownProgramsMax: Number.POSITIVE_INFINITY });
    const shared = new Compiler();
    const all = combinations('abcdef');
    const expected = await answers(await federation.prepare(SIX, own), all);
    const operation = await federation.prepare(SIX, shared);
    expect(await answers(operation, all)).toEqual(expected);
    expect(await answers(operation, all)).toEqual(expected);
    expect(new Set(expected).size).toBeGreaterThan(32);
    expect([own.compilations, shared.compilations]).toEqual([64, OWN_PROGRAMS_MAX + 1]);
  });

  it('ask subgraphs about the same objects', async () => {
    const all = combinations('abcdef');
    const askedBy = async (ownProgramsMax: number) => {
      const operation = await federation.prepare(SIX, new Compiler({ ownProgramsMax }));
      const asked: string[][] = [];
      for (const variables of all) {
        federation.asked('prices');
        await operation.execute(variables, newFlight());
        const given = federation.asked('prices').flatMap((one) => Object.values(one.variables).flat());
        const entities = given.filter((one): one is Entity => typeof one === 'object');
        asked.push(entities.map(({ __typename, id }) => `${__typename} ${id}`));
      }
      return asked.map((one) => [...new Set(one)].sort());
    };
    const expected = await askedBy(64);
    expect(await askedBy(0)).toEqual(expected);
    expect(expected).toContainEqual([]);
  });

  it('are kept for as many operations as there is room for', async () => {
    const bytesMax = 500_000;
    const cache = new ProgramCache(new ByteBudget(bytesMax / KEPT_SHARE));
    const compiler = new Compiler({ cache });
    const all = combinations('abcdef');
    for (let at = 0; at < 4; at++)
      await answers(await federation.prepare(SIX.replace('query', `query Q${at}`), compiler), all);
    expect(compiler.compilations).toBe(4 * (OWN_PROGRAMS_MAX + 1));
    expect(cache.bytes).toBeLessThanOrEqual(bytesMax);
    expect(cache.bytes).toBeGreaterThan(bytesMax / 2);
  });
});

describe('a budget for compiling', () => {
  const nobody = new CancellationSource();
  let now = 0;
  let idle = 0;
  const spent = (ms: number) => () => {
    now += ms;
    return ms;
  };

  it('lets a few happen at once, makes the others wait, and first programs go ahead', async () => {
    const budget = new CompileBudget(
      () => now,
      () => idle,
    );
    expect(budget.spend(spent(400), false, nobody)).toBe(400);
    expect(budget.spend(spent(900), false, nobody)).toBe(900);
    const order: string[] = [];
    const wait = async (name: string, isFirst: boolean) => {
      order.push(`${name} ${await budget.spend(spent(1), isFirst, nobody)}`);
    };
    const waiting = [wait('second', false), wait('first', true)];
    await turn();
    expect(order).toEqual([]);
    now += 10_000;
    await Promise.all(waiting);
    expect(order).toEqual(['first 1', 'second 1']);
  });

  it('is larger where the loop has nothing else to do', async () => {
    const budget = new CompileBudget(
      () => now,
      () => idle,
    );
    await budget.spend(spent(900), false, nobody);
    let compiled = 0;
    const waiting = Promise.resolve(budget.spend(() => ++compiled, true, nobody));
    // A quarter of these is less than what is missing.
    now += 100;
    await later(60);
    expect(compiled).toBe(0);
    idle += 50;
    await waiting;
    expect(compiled).toBe(1);
  });

  it('does not compile for those that have gone', async () => {
    const budget = new CompileBudget(
      () => now,
      () => idle,
    );
    await budget.spend(spent(1_000), true, nobody);
    const client = new CancellationSource();
    let compiled = 0;
    const waiting = budget.spend(() => compiled++, true, client);
    client.cancel(new HeadgateError('REQUEST_CANCELLED', 'it has gone'));
    await expect(waiting).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    now += 100_000;
    expect(budget.spend(() => compiled++, true, nobody)).toBe(0);
  });
});
