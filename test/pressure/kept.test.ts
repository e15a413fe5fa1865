import { ask } from '../fixtures/headgate-process';
import { type PressedGateway, startPressedGateway } from '../fixtures/pressure/gateway';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const KEPT_BYTES = 20_000_000;
/** A process that has just started, what it works on, and garbage not yet collected. */
const HEAP_BYTES = 300_000_000;
const ANSWER_BYTES = 1_000_000;
const FOUND = { status: 200, body: { data: { find: { id: 'found' } } } };

describe('what clients make a gateway keep', () => {
  const directory = temporaryDirectories();
  let gateway: PressedGateway;

  beforeAll(async () => {
    const config = `memory: { kept_bytes: 20MB }\nlimits: { plan_bytes: 400KB }\nlog: { level: info }`;
    gateway = await startPressedGateway(directory(), config);
  });

  afterAll(() => gateway?.stop());

  const gaugeOf = async (name: string) => (await gateway.metric(name)).get('') ?? Number.NaN;

  /** By what is kept. @returns all of it together */
  async function keptBytes(): Promise<number> {
    const kept = await gateway.metric('headgate_kept_bytes');
    expect(kept.size).toBeGreaterThan(7);
    return [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  afterEach(async () => {
    expect(await gaugeOf('headgate_kept_bytes_max')).toBe(KEPT_BYTES);
    const kept = await keptBytes();
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(KEPT_BYTES);
    expect(await gaugeOf('headgate_heap_used_bytes')).toBeLessThan(HEAP_BYTES);
  });

  const limitOf = async (query: string) => {
    const { body } = await ask(gateway.headgate.graphql, query);
    return [body.errors?.[0]?.extensions?.code, body.errors?.[0]?.extensions?.limit];
  };

  it('is not multiplied by fragments: a long literal at many places is refused', async () => {
    gateway.subgraphs.seen.largestRequest = 0;
    const spreads = Array.from({ length: 50 }, (_, at) => `a${at}: rows(count: 1) { ...F }`).join(' ');
    const nested = `fragment F on Row { ...G b: id @include(if: true) } fragment G on Row { id @skip(if: false) }`;
    expect(await limitOf(`{ ${spreads} } ${nested}`)).toEqual([undefined, undefined]);
    const literal = `a: find(text: "${'l'.repeat(50_000)}") { id }`;
    const operations = Array.from({ length: 30 }, (_, at) => `...F${at % 2}`).join(' ');
    const fragments = `fragment F0 on Query { ${literal} } fragment F1 on Query { ...F0 }`;
    expect(await limitOf(`{ ${operations} } ${fragments}`)).toEqual(['OPERATION_LIMIT_EXCEEDED', 'expanded_bytes']);
    expect(gateway.subgraphs.seen.largestRequest).toBeLessThan(20_000);
  });

  it('is not multiplied by the plan: requests too long together are refused, again and again', async () => {
    const literals = Array.from({ length: 3 }, (_, at) => `a${at}: find(text: "${'m'.repeat(80_000)}") { id }`);
    expect(await limitOf(`{ ${literals.slice(0, 2).join(' ')} }`)).toEqual([undefined, undefined]);
    const two = Array.from({ length: 3 }, (_, at) => `a${at}: find(text: "${'é'.repeat(74_000)}") { id }`);
    for (let time = 0; time < 2; time++)
      expect(await limitOf(`{ ${two.join(' ')} }`)).toEqual(['OPERATION_LIMIT_EXCEEDED', 'plan_bytes']);
  });

  it('has a bound, however long each of many operations is', async () => {
    for (let at = 0; at < 100; at++) {
      const query = `query Long${at} { find(text: "${at}${'x'.repeat(200_000)}") { id } }`;
      expect(await ask(gateway.headgate.graphql, query)).toEqual(FOUND);
    }
    expect((await gateway.metric('headgate_kept_entries')).get('cache="plans"')).toBeLessThan(30);
  });

  it('has a bound, however long their names are', async () => {
    for (let at = 0; at < 30; at++)
      expect(await ask(gateway.headgate.graphql, `query N${at}${'n'.repeat(200_000)} { find { id } }`)).toEqual(FOUND);
    const line = await gateway.headgate.logged('"event":"request"', '"N29nnn');
    expect(line.length).toBeLessThan(2_000);
  });

  it('has a bound, whatever their variables are', async () => {
    const query = 'query Varied($text: String) { find(text: $text) { id } }';
    for (let at = 0; at < 150; at++) {
      const text = `${at}${'v'.repeat(14_000)}`;
      expect(await ask(gateway.headgate.graphql, query, { text, other: Array(400).fill({}) })).toEqual(FOUND);
    }
  });

  it('has a bound, however large the answers are and however often they come', async () => {
    for (let time = 0; time < 3; time++)
      for (let at = 0; at < 25; at++) {
        const { body } = await ask(gateway.headgate.graphql, `query B${at} { blob(bytes: ${ANSWER_BYTES}) }`);
        expect((body.data as { blob: string }).blob).toHaveLength(ANSWER_BYTES);
      }
    // What is kept, what the start took, and a few answers not yet collected; 25 answers are kept as bytes otherwise, twice.
    expect(await gaugeOf('headgate_external_bytes')).toBeLessThan(KEPT_BYTES + 25 * ANSWER_BYTES);
  });
});
