import { jsonAnswer } from '../../gateway/http/route';
import type { InstanceView } from '../../gateway/pool/pool';
import { mergeChoices, mergePools } from '../../gateway/workers/merge-pools';

function view(id: string, state: InstanceView['state'], others: Partial<InstanceView> = {}): InstanceView {
  const url = `http://${id}/graphql`;
  return { id, url, state, reason: `it is ${state}`, weight: 1, tier: 'primary', zone: null, inFlight: 1, ...others };
}

function pools(worker: number, ...instances: InstanceView[]) {
  return { worker, answer: jsonAnswer(200, { pools: [{ name: 'products', policy: 'adaptive', instances }] }) };
}

function merged(...answers: ReturnType<typeof pools>[]) {
  return JSON.parse(String(mergePools(answers).body)).pools[0];
}

describe('pools of several workers', () => {
  it('add up what is in flight', () => {
    const pool = merged(pools(1, view('a:1', 'healthy', { inFlight: 2 })), pools(2, view('a:1', 'healthy')));
    expect(pool).toMatchObject({ name: 'products', policy: 'adaptive', instances: [{ id: 'a:1', inFlight: 3 }] });
  });

  it('show what most believe, and what each believes', () => {
    const pool = merged(
      pools(1, view('a:1', 'healthy')),
      pools(2, view('a:1', 'ejected')),
      pools(3, view('a:1', 'healthy')),
    );
    expect(pool.instances[0]).toMatchObject({
      state: 'healthy',
      workers: [
        { worker: 1, state: 'healthy' },
        { worker: 2, state: 'ejected', reason: 'it is ejected' },
        { worker: 3, state: 'healthy' },
      ],
    });
  });

  it('show the worse of two beliefs', () => {
    const pool = merged(pools(1, view('a:1', 'ejected')), pools(2, view('a:1', 'healthy')));
    expect(pool.instances[0]).toMatchObject({ state: 'ejected', reason: 'it is ejected' });
  });

  it('have the mean of the latencies that are known', () => {
    const at = (ewmaMs: number | null) => view('a:1', 'healthy', { ewmaMs });
    expect(merged(pools(1, at(10)), pools(2, at(null)), pools(3, at(20))).instances[0].ewmaMs).toBe(15);
    expect(merged(pools(1, at(null))).instances[0].ewmaMs).toBeNull();
  });

  it('hold an instance that only one of them knows', () => {
    const pool = merged(pools(1, view('a:1', 'healthy')), pools(2, view('a:1', 'healthy'), view('b:1', 'joining')));
    expect(pool.instances.map(({ id }: InstanceView) => id)).toEqual(['a:1', 'b:1']);
  });

  it('put their choices in the order of time', () => {
    const choices = (worker: number, ...times: number[]) => ({
      worker,
      answer: jsonAnswer(200, { pool: 'products', choices: times.map((at) => ({ at })) }),
    });
    const { body } = mergeChoices([choices(1, 10, 30), choices(2, 20)]);
    expect(JSON.parse(String(body))).toEqual({
      pool: 'products',
      choices: [
        { at: 10, worker: 1 },
        { at: 20, worker: 2 },
        { at: 30, worker: 1 },
      ],
    });
  });
});
