import { HeadgateError } from '../../gateway/errors';
import { commitTogether } from '../../gateway/workers/commit-together';
import type { CrewChange } from '../../gateway/workers/messages';
import { WorkerGone } from '../../gateway/workers/worker-process';

type Worker = Parameters<typeof commitTogether>[0][number];

const SUPERGRAPH = { sdl: 'next', origin: 'test', instances: new Map() };
const CHANGE: CrewChange = { supergraph: SUPERGRAPH, config: null };
const REFUSAL = new HeadgateError('SUPERGRAPH_INVALID', 'not this one');

/** A worker that answers a question with what is thrown for it, or with yes. */
class Answering {
  readonly asked: string[] = [];
  supergraph: Worker['supergraph'] = null;
  config: Worker['config'] = null;
  readonly #throws: Readonly<Record<string, Error>>;

  constructor(throws: Readonly<Record<string, Error>> = {}) {
    this.#throws = throws;
  }

  async ask(name: string): Promise<never> {
    this.asked.push(name);
    const error = this.#throws[name];
    if (error !== undefined) throw error;
    return null as never; // as: that is what these questions are answered with
  }

  kill(): void {
    this.asked.push('killed');
  }
}

describe('a change that workers commit together', () => {
  it('is committed by all when all of them can', async () => {
    const workers = [new Answering(), new Answering()];
    await commitTogether(workers, CHANGE);
    expect(workers.map(({ asked }) => asked)).toEqual([
      ['prepare', 'commit'],
      ['prepare', 'commit'],
    ]);
    expect(workers.map(({ supergraph }) => supergraph)).toEqual([SUPERGRAPH, SUPERGRAPH]);
  });

  it('is abandoned by all when one of four refuses, and that one lives', async () => {
    const refusing = new Answering({ prepare: REFUSAL });
    const workers = [new Answering(), refusing, new Answering(), new Answering()];
    await expect(commitTogether(workers, CHANGE)).rejects.toBe(REFUSAL);
    expect(refusing.asked).toEqual(['prepare']);
    for (const worker of workers.filter((one) => one !== refusing))
      expect(worker.asked).toEqual(['prepare', 'abandon']);
    expect(workers.map(({ supergraph }) => supergraph)).toEqual([null, null, null, null]);
  });

  it('goes on without those who end or stand still', async () => {
    const late = new HeadgateError('GATEWAY_TIMEOUT', 'it did not answer');
    const workers = [new Answering({ prepare: new WorkerGone() }), new Answering({ prepare: late }), new Answering()];
    await commitTogether(workers, CHANGE);
    expect(workers.map(({ asked }) => asked)).toEqual([
      ['prepare', 'killed'],
      ['prepare', 'killed'],
      ['prepare', 'commit'],
    ]);
  });

  it('replaces one that agreed and then does not commit', async () => {
    const workers = [new Answering({ commit: new WorkerGone() }), new Answering()];
    await commitTogether(workers, CHANGE);
    expect(workers[0]?.asked).toEqual(['prepare', 'commit', 'killed']);
    expect(workers.map(({ supergraph }) => supergraph)).toEqual([null, SUPERGRAPH]);
  });

  it('says so when nobody is left', async () => {
    const gone = () => new Answering({ prepare: new WorkerGone() });
    await expect(commitTogether([gone(), gone()], CHANGE)).rejects.toMatchObject({ code: 'SUPERGRAPH_UNAVAILABLE' });
  });
});
