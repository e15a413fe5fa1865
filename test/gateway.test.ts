import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Change } from '../gateway/change';
import { type LoadedConfig, loadConfig } from '../gateway/config/load';
import { closeCompositionThread, composeSubgraphs } from '../gateway/supergraph/compose';
import type { WorkerSide } from '../gateway/upstream';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from './fixtures/echo-subgraph';
import { ask } from './fixtures/headgate-process';
import { type InProcessGateway, startInProcess } from './fixtures/in-process-gateway';
import { temporaryDirectories } from './fixtures/temporary-directory';

const MADE_TO_FAIL = 'made to fail';

/** The modules whose functions a change goes through. They are shared: whoever calls them sees what is put in their place. */
const MODULES = {
  read: require('../gateway/supergraph/read'),
  planner: require('../gateway/planning/apollo/planner'),
  cache: require('../gateway/planning/cache'),
  reach: require('../gateway/transport/check-reach'),
  pool: require('../gateway/pool/instance-pool'),
  record: require('../gateway/transport/pool-record'),
  discovery: require('../gateway/pool/discovery/open'),
  graphql: require('../gateway/transport/graphql'),
  fetches: require('../gateway/transport/subgraphs'),
  reads: require('../gateway/transport/reads'),
  warm: require('../gateway/planning/warm-up'),
} satisfies Record<string, Record<string, unknown>>;

/** Steps of an activation and of a take-over that may fail, each as module and function. */
const STEPS = [
  ['read', 'readSupergraph'],
  ['planner', 'createApolloPlanner'],
  ['cache', 'cachedPlanner'],
  ['reach', 'checkReach'],
  ['pool', 'createPool'],
  ['discovery', 'openDiscovery'],
  ['graphql', 'graphqlOverPool'],
  ['fetches', 'createFetches'],
  ['reads', 'readsOf'],
  ['warm', 'warmUp'],
] as const;

type Step = (typeof STEPS)[number];
type Callable = (...given: unknown[]) => unknown;

/** Lets the n-th call of a step throw until the returned function is called. */
function failAt([module, name]: Step, nth: number): () => void {
  const exported = MODULES[module] as Record<string, Callable>;
  const original = exported[name] as Callable; // as: every name is in the list
  let calls = 0;
  const failing: Callable = (...given) => {
    calls += 1;
    if (calls === nth) throw new Error(MADE_TO_FAIL);
    return original(...given);
  };
  Object.defineProperty(exported, name, { value: failing, configurable: true, writable: true, enumerable: true });
  return () =>
    Object.defineProperty(exported, name, { value: original, configurable: true, writable: true, enumerable: true });
}

/** What a client and an operator can see. */
interface Seen {
  readonly pools: unknown;
  readonly aliases: boolean;
  readonly answers: unknown;
  readonly placeHeader: string;
}

/** One version of the world: which subgraphs there are and where, and which configuration holds. */
interface World {
  readonly names: readonly string[];
  /** Whether each subgraph is where the other one is at first. */
  readonly swapped: boolean;
  readonly discovered: boolean;
  readonly aliases: number;
  readonly header: string;
}

const FIRST: World = { names: ['a', 'b'], swapped: false, discovered: false, aliases: 2, header: 'first' };

describe('a change that fails at any step', () => {
  const directory = temporaryDirectories();
  const supergraphs = new Map<string, string>();
  let subgraphs: readonly EchoSubgraph[];
  let folder: string;
  let gateway: InProcessGateway;
  let side: WorkerSide;
  let graphql: string;
  let headers: string[] = [];

  async function configuration({ aliases, header, discovered }: World): Promise<LoadedConfig> {
    const path = join(folder, 'headgate.yaml');
    const found = discovered ? 'subgraphs: { b: { discovery: { registry: true } } }\n' : '';
    writeFileSync(
      path,
      `supergraph: { source: registry, checkpoint: false }
log: { level: silent }
discovery: { checkpoint: false }
planning: { deadline: 1m }
limits: { max_aliases: ${aliases} }
headers: { all: { request: [ { insert: { name: x-place, value: ${header} } } ] } }
traffic_shaping: { all: { health_check: false } }
${found}`,
    );
    return loadConfig({ path });
  }

  async function supergraphOf({ names, swapped }: World): Promise<string> {
    const key = `${names} ${swapped}`;
    let sdl = supergraphs.get(key);
    if (sdl === undefined) {
      const urls = swapped ? [...subgraphs].reverse() : subgraphs;
      const parts = names.map((name, at) => ({
        name,
        url: urls[at]?.url ?? '',
        sdl: ECHO_SDL.replace('echo', `echo: String @shareable ${name}`).replace(/^/, LINK),
      }));
      ({ sdl } = await composeSubgraphs(parts));
      supergraphs.set(key, sdl);
    }
    return sdl;
  }

  async function changeTo(world: World): Promise<Change> {
    const supergraph = { sdl: await supergraphOf(world), origin: 'test', instances: new Map() };
    return { supergraph, loaded: await configuration(world) };
  }

  async function look(): Promise<Seen> {
    const route = side.routes.find(({ path }) => path === '/pools');
    const { body = '' } = (await route?.handle({} as never)) ?? {};
    const { pools } = JSON.parse(String(body));
    const ofPool = ({ name, instances, discovery }: Record<string, unknown>) => ({
      name,
      instances: (instances as { url: string; weight: number }[]).map(({ url, weight }) => ({ url, weight })),
      discovery: discovery === null,
    });
    headers = [];
    const answers = [await ask(graphql, '{ echo }'), await ask(graphql, '{ a }'), await ask(graphql, '{ c }')];
    const aliased = await ask(graphql, '{ x: __typename y: __typename z: __typename }');
    return {
      pools: pools.map(ofPool),
      aliases: aliased.body.errors === undefined,
      answers: answers.map(({ status, body: said }) => ({ status, said })),
      placeHeader: headers.join(),
    };
  }

  beforeAll(async () => {
    folder = directory();
    subgraphs = await Promise.all(['one', 'two', 'three'].map(startEchoSubgraph));
    for (const [at, one] of subgraphs.entries()) {
      one.reply = ({ headers: { 'x-place': place } }) => {
        headers.push(String(place));
        return String(at);
      };
    }
    gateway = await startInProcess(await configuration(FIRST));
    ({ graphql, side } = gateway);
    await gateway.change(await changeTo(FIRST));
  });

  afterAll(async () => {
    await gateway.stop();
    await Promise.all(subgraphs.map((one) => one.kill()));
    await closeCompositionThread();
  });

  const worlds: fc.Arbitrary<World> = fc.record({
    names: fc.constantFrom(['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'c']),
    swapped: fc.boolean(),
    discovered: fc.boolean(),
    aliases: fc.constantFrom(2, 3),
    header: fc.constantFrom('first', 'second'),
  });
  const OTHER: World = { names: ['a', 'b', 'c'], swapped: true, discovered: true, aliases: 3, header: 'second' };

  it('leaves instances, limits, plans and answers as they were', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(worlds, fc.constantFrom(...STEPS), fc.integer({ min: 1, max: 3 }), async (world, step, nth) => {
        const before = await look();
        const change = await changeTo(world);
        const mend = failAt(step, nth);
        const prepared = await side.prepare(change).catch((error: unknown) => error as Error);
        mend();
        if (prepared instanceof Error) {
          refused += 1;
          expect(prepared.message).toBe(MADE_TO_FAIL);
        } else {
          // What is prepared changes nothing, and neither does giving it up.
          expect(await look()).toEqual(before);
          prepared.abandon();
        }
        expect(await look()).toEqual(before);
      }),
      { numRuns: STEPS.length + 3, examples: STEPS.map((step) => [OTHER, step, 1]) },
    );
    expect(refused).toBeGreaterThanOrEqual(STEPS.length);
  });

  it('is followed by one that works, as a whole', async () => {
    expect(await look()).toMatchObject({ pools: [{ name: 'a' }, { name: 'b' }], aliases: false });
    await gateway.change(await changeTo(OTHER));
    const after = await look();
    expect(after).toMatchObject({ pools: [{ name: 'a' }, { name: 'b' }, { name: 'c' }], aliases: true });
    expect(after.placeHeader).toContain('second');
  });

  it('refuses a URL that is none by its name, with the remedy, before anything is opened', async () => {
    const before = await look();
    const good = await changeTo(OTHER);
    for (const [url, problem] of [
      ['localhost:4001/graphql', 'http://localhost:4001/graphql'],
      ['ftp://127.0.0.1/graphql', 'neither http nor https'],
      ['not a url', 'is not a URL'],
    ] as const) {
      const sdl = (good.supergraph?.sdl ?? '').replace(/(name: "c", url: )"[^"]*"/, `$1${JSON.stringify(url)}`);
      const refused = side.prepare({ supergraph: { sdl, origin: 'test', instances: new Map() }, loaded: good.loaded });
      await expect(refused).rejects.toMatchObject({
        code: 'SUPERGRAPH_INVALID',
        message: expect.stringMatching(new RegExp(`subgraph c: .*${problem}`)),
        details: { subgraph: 'c', url },
      });
      expect(await look()).toEqual(before);
    }
  });
});

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@shareable"])\n';
