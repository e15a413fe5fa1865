import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { attack, type Outcome, Watch } from '../fixtures/hostile/attack';
import { type HostileRequest, hostileRequests, ORDINARY, uniqueQuery } from '../fixtures/hostile/requests';
import { type HostileSubgraphs, startHostileSubgraphs } from '../fixtures/hostile/subgraphs';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const DEADLINE_MS = 60_000;
const RESIDENT_MAX_BYTES = 1_500_000_000;
/** What a request may do no harm with and is therefore answered. */
const HARMLESS: readonly string[] = ['doubled fragments, shareable, 4 levels'];
const UNIQUE = 400;
const AT_ONCE = 20;

function residentBytes(pid: number | undefined): number {
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
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
    writeFileSync(join(folder, 'headgate.yaml'), 'planning: { deadline: 500ms }\nlog: { level: error }\n');
    headgate = await startHeadgate(
      ['serve', '--supergraph', 'supergraph.graphql', '--port', '0', '--config', 'headgate.yaml'],
      { cwd: folder },
    );
    expect((await ask(headgate.graphql, ORDINARY.query)).body).toEqual({ data: ORDINARY.data });
    const healthUrl = new URL('/health/ready', headgate.graphql).href;
    watch = new Watch({ url: headgate.graphql, healthUrl, deadlineMs: DEADLINE_MS, pauseMs: 5 });
  }, 60_000);

  afterAll(async () => {
    await watch?.stop();
    await headgate?.stop();
    await Promise.all([subgraphs?.close(), closeCompositionThread()]);
  });

  afterEach(async () => {
    const { answers, failures } = watch.take();
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(0);
    expect(headgate.child.exitCode).toBeNull();
    expect(residentBytes(headgate.child.pid)).toBeLessThan(RESIDENT_MAX_BYTES);
  });

  it.each(hostileRequests().map((request) => [request.name, request] as const))(
    'answers %s with a refusal, and everybody else as ever',
    async (name, request) => {
      const { status, code } = await fire(request);
      if (HARMLESS.includes(name)) expect({ status, code }).toEqual({ status: 200, code: null });
      else {
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(code).not.toBeNull();
      }
    },
    DEADLINE_MS,
  );
});
