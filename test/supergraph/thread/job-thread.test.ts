import { once } from 'node:events';
import workerThreads, { type Worker } from 'node:worker_threads';
import { JobThread, type JobThreadOptions } from '../../../gateway/supergraph/thread/job-thread';
import type { ComposeJob } from '../../../gateway/supergraph/thread/jobs';
import { holdTimers, letGo } from '../../fixtures/held-time';

const OPTIONS: JobThreadOptions = { deadlineMs: 20_000, idleMs: 20_000, queueMax: 10, heapMb: 512 };

const EASY: ComposeJob = { kind: 'compose', subgraphs: [{ name: 'a', url: '', sdl: 'type Query { x: Int }' }] };

/** Keeps the composer busy for seconds. */
const HARD: ComposeJob = {
  kind: 'compose',
  subgraphs: [{ name: 'a', url: '', sdl: `type Query { x: Int }${manyTypes(60_000)}` }],
};

function manyTypes(count: number): string {
  return Array.from({ length: count }, (_, index) => `type T${index} { a: Int b(x: Int): T${index} }`).join('\n');
}

/** Every thread that was started. Core modules are shared: the job thread sees this class in the place of Worker. */
const started: Worker[] = [];
const Original = workerThreads.Worker;
class WatchedWorker extends Original {
  constructor(...given: ConstructorParameters<typeof Original>) {
    super(...given);
    started.push(this);
  }
}

describe('the job thread', () => {
  let thread: JobThread;

  beforeAll(() => {
    Object.assign(workerThreads, { Worker: WatchedWorker });
  });
  afterAll(() => {
    Object.assign(workerThreads, { Worker: Original });
  });
  beforeEach(() => {
    started.length = 0;
  });

  // However slow the machine is, no deadline passes but where a test lets it.
  beforeEach(holdTimers);

  function open(options: Partial<JobThreadOptions> = {}): JobThread {
    thread = new JobThread({ ...OPTIONS, ...options });
    return thread;
  }

  afterEach(async () => {
    letGo();
    await thread.close();
  });

  it('answers every one of many jobs given at once', async () => {
    open();
    const answers = await Promise.all(Array.from({ length: 8 }, () => thread.run(EASY)));
    expect(answers.map(({ kind }) => kind)).toEqual(Array(8).fill('composed'));
  });

  it('gives up a job at its deadline, and does the next one', async () => {
    open({ deadlineMs: 6_000, heapMb: 2_000 });
    const hard = thread.run(HARD);
    const easy = thread.run(EASY);
    jest.advanceTimersByTime(6_000);
    await expect(hard).rejects.toMatchObject({
      code: 'COMPOSITION_FAILED',
      message: expect.stringContaining('6000 ms'),
    });
    expect((await easy).kind).toBe('composed');
  });

  it('outlives a job that needs more memory than it may have', async () => {
    open({ heapMb: 40 });
    await expect(thread.run(HARD)).rejects.toMatchObject({
      code: 'COMPOSITION_FAILED',
      message: expect.stringContaining('40 MB'),
    });
    expect((await thread.run(EASY)).kind).toBe('composed');
  });

  it('refuses a job when too many wait', async () => {
    open({ queueMax: 1 });
    const first = thread.run(EASY);
    const second = thread.run(EASY);
    await expect(thread.run({ kind: 'read', sdl: '' })).rejects.toMatchObject({ code: 'SUPERGRAPH_INVALID' });
    await Promise.all([first, second]);
  });

  it('stops the running job when its signal aborts, and does the next one', async () => {
    open();
    const abort = new AbortController();
    const hard = thread.run(HARD, abort.signal);
    const easy = thread.run(EASY);
    abort.abort();
    await expect(hard).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect((await easy).kind).toBe('composed');
  });

  it('drops a waiting job when its signal aborts', async () => {
    open();
    const abort = new AbortController();
    const first = thread.run(EASY);
    const second = thread.run(EASY, abort.signal);
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect((await first).kind).toBe('composed');
  });

  it('does not start a job whose signal has aborted', async () => {
    open();
    await expect(thread.run(EASY, AbortSignal.abort())).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
  });

  it('refuses what runs and waits when closed, and starts again when asked', async () => {
    open();
    const jobs = [thread.run(HARD), thread.run(EASY)];
    const settled = Promise.allSettled(jobs);
    await thread.close();
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await thread.run(EASY)).kind).toBe('composed');
  });

  it('starts again after it ended for idleness', async () => {
    open({ idleMs: 0 });
    expect((await thread.run(EASY)).kind).toBe('composed');
    jest.advanceTimersByTime(1);
    expect((await thread.run(EASY)).kind).toBe('composed');
  });

  it('prepared, waits for its first job as long as a job may run', async () => {
    open({ idleMs: 1_000 });
    thread.prepare();
    jest.advanceTimersByTime(OPTIONS.deadlineMs - 1);
    expect((await thread.run(EASY)).kind).toBe('composed');
    expect(started).toHaveLength(1);
    jest.advanceTimersByTime(1_000);
    expect((await thread.run(EASY)).kind).toBe('composed');
    expect(started).toHaveLength(2);
  });

  it('prepared for a job that does not come, ends', async () => {
    open({ idleMs: 1_000 });
    thread.prepare();
    const ends = started.map((worker) => once(worker, 'exit'));
    jest.advanceTimersByTime(OPTIONS.deadlineMs);
    await Promise.all(ends);
    expect(ends).toHaveLength(1);
  });
});
