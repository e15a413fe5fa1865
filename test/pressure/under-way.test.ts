import { once } from 'node:events';
import { request } from 'node:http';
import { ask } from '../fixtures/headgate-process';
import { type PressedGateway, startPressedGateway } from '../fixtures/pressure/gateway';
import { fanOut } from '../fixtures/pressure/subgraphs';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const UNDER_WAY = 'headgate_answers_under_way_bytes';
const MAX = 20_000_000;
const BLOB = 1_000_000;
const AT_ONCE = 30;
/** Of which the room has place for three. */
const TOGETHER = 6;
const queryOf = (at: number) => `query Blob${at} { blob(bytes: ${BLOB + at}) }`;

describe('answers under way', () => {
  const directory = temporaryDirectories();
  let gateway: PressedGateway;

  beforeAll(async () => {
    gateway = await startPressedGateway(directory(), 'memory: { under_way_bytes: 20MB }');
  });

  afterAll(() => gateway?.stop());

  const taken = async () => (await gateway.metric(UNDER_WAY)).get('') ?? Number.NaN;

  /** Looks until everything is given back: the last answer may still be on its way to its client. */
  async function givenBack(): Promise<void> {
    while ((await taken()) !== 0);
  }

  it('share a room: those that find none in it are told so', async () => {
    gateway.subgraphs.together = TOGETHER;
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, at) => ask(gateway.headgate.graphql, queryOf(at))),
    );
    gateway.subgraphs.together = 0;
    const whole = answers.filter(({ body }) => body.errors === undefined);
    const refused = answers.filter(({ body }) => body.errors !== undefined);
    expect(whole.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body } of refused) {
      expect(status).toBe(200);
      // One whose bytes had room may find none for what is made of them: others have come meanwhile.
      const [error] = body.errors as { readonly path?: readonly string[] }[];
      expect(body.data).toEqual(error?.path === undefined ? null : { blob: null });
      expect(body.errors).toMatchObject([{ extensions: { code: 'GATEWAY_OVERLOADED' } }]);
    }
    expect((await gateway.metric(`${UNDER_WAY}_max`)).get('')).toBe(MAX);
  });

  it('give their room back, and blame nobody', async () => {
    await givenBack();
    const { status, body } = await ask(gateway.headgate.graphql, queryOf(AT_ONCE));
    expect([status, body.errors]).toEqual([200, undefined]);
    const answer = await fetch(new URL('/pools', gateway.headgate.admin));
    const { pools } = (await answer.json()) as {
      pools: { instances: { state: string; consecutiveFailures: number }[] }[];
    };
    const instances = pools.flatMap((pool) => pool.instances);
    expect(instances.map(({ state, consecutiveFailures }) => [state, consecutiveFailures])).toEqual([
      ['healthy', 0],
      ['healthy', 0],
    ]);
  });

  it('give it back when their clients have gone', async () => {
    for (let at = 0; at < 5; at++) {
      const leaving = request(gateway.headgate.graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
      });
      leaving.on('error', () => {});
      leaving.end(JSON.stringify({ query: queryOf(100 + at) }));
      const [response] = await once(leaving, 'response');
      response.destroy();
    }
    await givenBack();
  });

  it('hold what is made of them: a fan-out finds an end', async () => {
    const answers = await Promise.all([5, 5, 5, 5].map((levels) => ask(gateway.headgate.graphql, fanOut(levels))));
    const codes = new Set(answers.flatMap(({ body }) => body.errors?.map(({ extensions }) => extensions?.code) ?? []));
    expect([...codes].filter((code) => code !== 'GATEWAY_OVERLOADED')).toEqual([]);
    await givenBack();
    const { body } = await ask(gateway.headgate.graphql, fanOut(3));
    expect(body.errors).toBeUndefined();
    await givenBack();
  });
});
