import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { attack, type Outcome, Watch } from '../fixtures/hostile/attack';
import { SILENT_BARRAGES, sentAhead } from '../fixtures/hostile/barrages';
import { type HostileRequest, hostileRequests, ORDINARY, uniqueQuery } from '../fixtures/hostile/requests';
import { type HostileSubgraphs, startHostileSubgraphs } from '../fixtures/hostile/subgraphs';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const DEADLINE_MS = 120_000;
const RESIDENT_MAX_BYTES = 1_500_000_000;
/** Valid, within the limits, and cheap enough: answered. */
const HARMLESS: ReadonlySet<string> = new Set([
  'doubled fragments, plain, 6 levels',
  'doubled fragments, shareable, 4 levels',
  'aliases below shareable fields',
  'ten times as much a level, 5 levels',
  'overlapping fields with arguments',
  '9,900 objects in variables',
  'a string of 990 kB in variables',
  'values in the text',
  'introspection, 45 levels of ofType',
  '__proto__ in variables',
]);
const TOO_LARGE = /^(ANSWER_TOO_LARGE|SUBGRAPH_RESPONSE_TOO_LARGE|GATEWAY_OVERLOADED)/;
const UNIQUE = 200;
const AT_ONCE = 20;
const NOTHING: HostileRequest = { name: 'nothing', body: Buffer.alloc(0) };

/** The most that it ever had. */
function residentBytes(pid: number | undefined): number {
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

describe('a gateway under attack', () => {
  const directory = temporaryDirectories();
  let subgraphs: HostileSubgraphs;
  let headgate: HeadgateProcess;
  let watch: Watch;

  const fire = (request: HostileRequest): Promise<Outcome> => attack(headgate.graphql, request, DEADLINE_MS);

  beforeAll(async () => {
    subgraphs = await startHostileSubgraphs();
    const folder = directory();
    const { sdl } = await composeSubgraphs(subgraphs.definitions);
    writeFileSync(join(folder, 'supergraph.graphql'), sdl);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      'planning: { deadline: 500ms }\nlog: { level: error }\ntraffic_shaping: { router: { timeout: 2m } }\n',
    );
    headgate = await startHeadgate(['serve', '--supergraph', 'supergraph.graphql', '--port', '0'], { cwd: folder });
    expect(await answerTo(ORDINARY.query)).toEqual({ data: ORDINARY.data });
    const healthUrl = new URL('/health/ready', headgate.graphql).href;
    watch = new Watch({ url: headgate.graphql, healthUrl, deadlineMs: DEADLINE_MS, pauseMs: 5 });
  });

  afterAll(async () => {
    await watch?.stop();
    expect(await headgate?.stop()).toBe(0);
    await Promise.all([subgraphs?.close(), closeCompositionThread()]);
  });

  afterEach(async () => {
    expect(watch.take().failures).toEqual([]);
    expect(residentBytes(headgate.child.pid)).toBeLessThan(RESIDENT_MAX_BYTES);
  });

  /** The answer once there is a plan: on a busy machine the deadline may be too short for what is quick. */
  async function answerTo(query: string): Promise<unknown> {
    for (;;) {
      const { body } = await ask(headgate.graphql, query);
      if (body.errors?.[0]?.extensions?.code !== 'PLANNING_TIMEOUT') return body;
    }
  }

  /** A refusal that names its reason, or an answer to what does no harm. */
  function expectNoHarm({ name }: HostileRequest, { status, code }: Outcome): void {
    const wasAnswered = status === 200 && code === null && HARMLESS.has(name);
    // Too large an answer is an error of execution, as is a subgraph's.
    const wasLarge = status === 200 && code !== null && TOO_LARGE.test(code);
    const wasRefused = wasLarge || (status !== null && status >= 400 && status < 500 && code !== null);
    if (!wasAnswered && !wasRefused) throw new Error(`${name}: ${status} ${code}`);
  }

  it.each(hostileRequests().map((request) => [request.name, request] as const))(
    'does not mind %s',
    async (_name, request) => {
      expectNoHarm(request, await fire(request));
      expect((await ask(headgate.graphql, ORDINARY.query)).body).toEqual({ data: ORDINARY.data });
    },
    DEADLINE_MS,
  );

  it.each([
    // With no limit on what is sent ahead, 100 of them take 2.2 GB.
    ['requests sent ahead', [sentAhead(100)]],
    // At the same time: each takes the seconds that the gateway waits.
    ['silence', SILENT_BARRAGES],
  ])(
    'does not mind connections: %s',
    async (_name, barrages) => {
      const codes = await Promise.all(
        barrages.map(async ({ name, act }) => [name, (await act(headgate.graphql, DEADLINE_MS)).code]),
      );
      expect(codes).toEqual(barrages.map(({ name }) => [name, null]));
      expect((await ask(headgate.graphql, ORDINARY.query)).body).toEqual({ data: ORDINARY.data });
    },
    DEADLINE_MS,
  );

  it('does not mind all of them at once', async () => {
    const requests = hostileRequests();
    const outcomes = await Promise.all(requests.map(fire));
    for (const [at, outcome] of outcomes.entries()) expectNoHarm(requests[at] ?? NOTHING, outcome);
    expect((await ask(headgate.graphql, ORDINARY.query)).body).toEqual({ data: ORDINARY.data });
  }, 120_000);

  it('answers each of many operations that nobody has asked before', async () => {
    for (let first = 0; first < UNIQUE; first += AT_ONCE) {
      const answers = Array.from({ length: AT_ONCE }, (_, at) => answerTo(uniqueQuery(first + at)));
      for (const [at, body] of (await Promise.all(answers)).entries())
        expect(body).toEqual({ data: { leaf: { id: 'r', [`a${first + at}`]: 'r' }, branch: { id: 'r' } } });
    }
  }, 120_000);
});
