import { subscribe } from '../../gateway/events';
import type { PoolOptions } from '../../gateway/pool/options';
import { holdAll, letGo } from '../fixtures/held-time';
import { poolOptions } from '../fixtures/pool-options';
import { quantileOf, SimulatedPool } from '../fixtures/simulated-pool';

const CHECKS = {
  probe: { path: '/health' },
  intervalMs: 5_000,
  timeoutMs: 1_000,
  unhealthyThreshold: 3,
  healthyThreshold: 2,
} as const;
const THREE = [{}, {}, {}];
const RETRY_500: PoolOptions['retry'] = {
  maxAttempts: 3,
  onConnect: true,
  onTimeout: true,
  onStatus: new Set([500, 502, 503, 504]),
  intervalMs: 25,
  maxIntervalMs: 250,
  budgetRatio: 0.2,
  budgetMinPerSecond: 3,
};
const USUAL: Partial<PoolOptions> = { healthCheck: CHECKS, retry: RETRY_500, slowStartMs: 10_000 };

let simulated: SimulatedPool;

beforeEach(() => {
  holdAll();
});

afterEach(async () => {
  const closed = simulated.pool.close(0);
  // Until nobody watches the event loop any more: the watch would stay behind on this clock.
  await jest.advanceTimersByTimeAsync(5_000);
  await closed;
  letGo();
});

/** A pool that has been asked for a while. */
async function warm(
  options: Partial<PoolOptions> = {},
  instances: ConstructorParameters<typeof SimulatedPool>[0] = THREE,
) {
  simulated = new SimulatedPool(instances, { ...USUAL, ...options });
  await simulated.run(12_000);
  simulated.takeArrivals();
  return simulated;
}

const one = (n: number) => {
  const found = simulated.instances[n];
  if (found === undefined) throw new Error(`there is no instance ${n}`);
  return found;
};

/** The first instance goes and comes each second for half a minute. */
async function flap(): Promise<{ failed: number; fewBad: boolean; ejectedMs: readonly number[] }> {
  const flapper = one(0);
  const ejectedMs: number[] = [];
  let sinceMs = 0;
  const stop = subscribe('instance.changed', ({ from, to }) => {
    if (to === 'ejected') sinceMs = performance.now();
    else if (from === 'ejected') ejectedMs.push(performance.now() - sinceMs);
  });
  let [bad, failed] = [0, 0];
  for (let time = 0; time < 15; time += 1) {
    flapper.behaviour = flapper.check = 'refuse';
    flapper.arrivals.length = 0;
    failed += (await simulated.run(1_000)).failed;
    bad += flapper.arrivals.length;
    flapper.behaviour = flapper.check = 'answer';
    failed += (await simulated.run(1_000)).failed;
  }
  stop();
  return { failed, fewBad: bad <= 30, ejectedMs };
}

describe('adaptive, at 500 queries a second on three instances', () => {
  it('LB-04: fails nothing when one is killed, with at most five further attempts', async () => {
    await warm();
    one(0).behaviour = 'refuse';
    one(0).check = 'refuse';
    const { failed } = await simulated.run(6_000);
    expect(failed).toBe(0);
    expect(one(0).arrivals.length).toBeLessThanOrEqual(5);
  });

  it('LB-06: fails nothing when two are killed', async () => {
    await warm();
    for (const dead of [one(0), one(1)]) dead.behaviour = dead.check = 'refuse';
    expect((await simulated.run(6_000)).failed).toBe(0);
  });

  it('LB-08: fails nothing when one hangs, and hardly anybody waits for it', async () => {
    await warm();
    const before = quantileOf((await simulated.run(3_000)).latenciesMs, 0.99);
    one(0).behaviour = 'hang';
    one(0).check = 'hang';
    const { failed, latenciesMs } = await simulated.run(6_000);
    expect(failed).toBe(0);
    expect(quantileOf(latenciesMs, 0.99)).toBeLessThanOrEqual(2 * before);
  });

  it('leaves one with a single query that hangs when its checks hang too, not at half of the deadline', async () => {
    await warm({ healthCheck: { ...CHECKS, intervalMs: 1_000 } });
    one(0).behaviour = 'hang';
    one(0).check = 'hang';
    const arrivals = await simulated.run(1_000, 20, 20_000);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(one(0).arrivals.length).toBeGreaterThan(0);
    expect(arrivals.latenciesMs.length).toBe(arrivals.asked);
    expect(Math.max(...arrivals.latenciesMs)).toBeLessThan(5_000);
  });

  it('LB-09: gives an instance that is ten times slower at most 3 %', async () => {
    await warm();
    one(0).latencyMs = () => 50;
    await simulated.run(6_000);
    const [slow = 0, ...others] = simulated.takeArrivals();
    expect(slow / (slow + others.reduce((sum, count) => sum + count, 0))).toBeLessThanOrEqual(0.03);
  });

  it('LB-11: sends at most 20 to one that fails at once although its health page is green', async () => {
    await warm();
    one(0).behaviour = 'fail';
    const { failed } = await simulated.run(6_000);
    expect(failed).toBe(0);
    expect(one(0).arrivals.length).toBeLessThanOrEqual(20);
  });

  it('LB-13: is back within 200 ms after all failed for three seconds', async () => {
    await warm();
    for (const instance of simulated.instances) instance.behaviour = 'fail';
    await simulated.run(3_000);
    for (const instance of simulated.instances) instance.behaviour = 'answer';
    await simulated.run(200);
    expect((await simulated.run(1_000)).failed).toBe(0);
  });

  it('LB-14: fails nothing when all checks are red and the service is well', async () => {
    await warm();
    for (const instance of simulated.instances) instance.check = 'fail';
    expect((await simulated.run(20_000)).failed).toBe(0);
    expect(simulated.pool.instances().map(({ state }) => state)).toEqual(['ejected', 'ejected', 'ejected']);
    expect(simulated.takeArrivals().every((count) => count > 2_000)).toBe(true);
  });

  it('LB-15: is back within 500 ms after all were down for three seconds', async () => {
    await warm();
    for (const instance of simulated.instances) instance.behaviour = instance.check = 'refuse';
    await simulated.run(3_000);
    for (const instance of simulated.instances) instance.behaviour = instance.check = 'answer';
    await simulated.run(500);
    expect((await simulated.run(1_000)).failed).toBe(0);
  });

  it('LB-16: makes at most 1.2 attempts for each arrival in an outage', async () => {
    await warm();
    for (const instance of simulated.instances) instance.behaviour = 'fail';
    const { asked } = await simulated.run(3_000);
    const attempts = simulated.takeArrivals().reduce((sum, count) => sum + count, 0);
    expect(attempts / asked).toBeLessThanOrEqual(1.2);
  });

  it('LB-19: sends at most 30 to one that comes and goes for 30 seconds', async () => {
    await warm();
    expect(await flap()).toMatchObject({ failed: 0, fewBad: true });
  });

  it('LB-26: hedging brings the slowest percent down for at most 6 % more requests', async () => {
    const hedge = { after: { quantile: 0.95 }, max: 1 };
    await warm({ hedge });
    for (const instance of simulated.instances)
      instance.latencyMs = (n) => (n % 50 === 0 ? 300 : 0) + 4 + 2 * simulated.random();
    await simulated.run(5_000);
    simulated.takeArrivals();
    const { asked, failed, latenciesMs } = await simulated.run(10_000);
    const attempts = simulated.takeArrivals().reduce((sum, count) => sum + count, 0);
    expect(failed).toBe(0);
    expect(quantileOf(latenciesMs, 0.99)).toBeLessThanOrEqual(50);
    expect(attempts / asked).toBeLessThanOrEqual(1.06);
  });
});

describe('round-robin', () => {
  it('leaves one that hangs after four times what nearly all answers take, not at half of the deadline', async () => {
    await warm({ policy: 'round-robin' });
    one(0).behaviour = 'hang';
    const arrivals = await simulated.run(1_000, 500, 20_000);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(arrivals.latenciesMs.length).toBe(arrivals.asked);
    expect(Math.max(...arrivals.latenciesMs)).toBeLessThan(500);
  });

  it('LB-19: ejects one that comes and goes for twice as long each time', async () => {
    await warm({ policy: 'round-robin' });
    const { failed, fewBad, ejectedMs } = await flap();
    expect([failed, fewBad]).toEqual([0, true]);
    // It is away for a second each time, so that the first two are over when it is back; then twice as long each time.
    const [first = 0, second = 0, ...further] = ejectedMs;
    expect([first, second].every((ms) => ms > 900 && ms < 1_200)).toBe(true);
    const doubled = [1_500, 3_500, 7_500];
    expect(further.length).toBe(doubled.length);
    for (const [at, ms] of further.entries()) {
      expect(ms).toBeGreaterThanOrEqual(doubled[at] ?? 0);
      expect(ms).toBeLessThan((doubled[at] ?? 0) + 2_500);
    }
  });
});

describe('overload', () => {
  it.each([
    ['as usual', 20, 20],
    ['unsteadily', 15, 45],
  ])(
    'LB-27: three times the load leaves goodput at 95 %% of capacity when instances answer %s',
    async (_, least, most) => {
      await warm({ connections: 2, policy: 'adaptive' });
      const meanMs = (least + most) / 2;
      for (const instance of simulated.instances)
        instance.latencyMs = () => Math.round(least + (most - least) * simulated.random());
      await simulated.run(2_000, 1_000);
      const { latenciesMs } = await simulated.run(6_000, 1_000);
      const capacity = (3 * 2 * 6_000) / meanMs;
      expect(latenciesMs.length / capacity).toBeGreaterThan(0.95);
      expect(quantileOf(latenciesMs, 0.5)).toBeLessThan(2 * most);
    },
  );
});

describe('peers', () => {
  it('make one degraded that is over five times slower for half a minute, and well again once it is not', async () => {
    await warm({ policy: 'round-robin' });
    one(0).latencyMs = () => 60;
    await simulated.run(25_000, 200);
    expect(simulated.pool.instances()[0]?.state).toBe('healthy');
    await simulated.run(30_000, 200);
    expect(simulated.pool.instances()[0]).toMatchObject({ state: 'degraded' });
    one(0).latencyMs = () => 5;
    await simulated.run(30_000, 200);
    expect(simulated.pool.instances()[0]?.state).toBe('healthy');
  });

  it('outdo one of five that fails three times in ten, and it is taken out', async () => {
    const options = poolOptions([]).outlierDetection;
    if (options === null) throw new Error('the fixture detects outliers');
    const outlierDetection = { ...options, consecutiveErrors: 1_000 };
    await warm({ policy: 'round-robin', outlierDetection }, [{}, {}, {}, {}, {}]);
    let n = 0;
    Object.defineProperty(one(0), 'behaviour', { get: () => (n++ % 10 < 3 ? 'fail' : 'answer') });
    const reasons: string[] = [];
    const stop = subscribe('instance.changed', ({ reason }) => reasons.push(reason));
    const { failed } = await simulated.run(11_000);
    stop();
    expect(failed).toBe(0);
    expect(reasons[0]).toMatch(/^succeeds in \d+ %, far less than its peers$/);
  });
});

describe('slow start', () => {
  it('LB-20: gives a new instance 10, 50 and 100 % of its share after 10, 50 and 100 % of the time', async () => {
    simulated = new SimulatedPool(THREE, { ...USUAL, policy: 'round-robin' });
    one(2).behaviour = one(2).check = 'refuse';
    await simulated.run(20_000, 1_000);
    one(2).behaviour = one(2).check = 'answer';
    while (simulated.pool.instances()[2]?.state !== 'healthy') await simulated.run(10);
    const shares: number[] = [];
    for (let step = 0; step < 10; step += 1) {
      simulated.takeArrivals();
      await simulated.run(1_000, 1_000);
      const [first = 0, second = 0, warming = 0] = simulated.takeArrivals();
      shares.push((2 * warming) / (first + second));
    }
    await simulated.run(1_000, 1_000);
    simulated.takeArrivals();
    await simulated.run(1_000, 1_000);
    const [first = 0, second = 0, warmed = 0] = simulated.takeArrivals();
    expect(Math.abs((shares[0] ?? 0) - 0.1)).toBeLessThanOrEqual(0.05);
    expect(Math.abs((shares[4] ?? 0) - 0.45)).toBeLessThanOrEqual(0.05);
    expect(Math.abs((shares[9] ?? 0) - 0.95)).toBeLessThanOrEqual(0.05);
    expect((2 * warmed) / (first + second)).toBeCloseTo(1, 1);
  });
});

describe('several gateways', () => {
  it('LB-34: send no instance more than 45 % of any 100 ms', async () => {
    const others = [2, 3, 4].map((seed) => new SimulatedPool(THREE, { ...USUAL, slowStartMs: 0 }, seed));
    simulated = new SimulatedPool(THREE, { ...USUAL, slowStartMs: 0 });
    const gateways = [simulated, ...others];
    const runs = gateways.map((gateway) => gateway.start(5));
    await jest.advanceTimersByTimeAsync(1_000);
    for (const gateway of gateways) gateway.takeArrivals();
    for (let slice = 0; slice < 100; slice += 1) {
      await jest.advanceTimersByTimeAsync(100);
      const counts = gateways.map((gateway) => gateway.takeArrivals());
      const sums = THREE.map((_, n) => counts.reduce((sum, each) => sum + (each[n] ?? 0), 0));
      expect(Math.max(...sums) / sums.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(0.45);
    }
    for (const { stop } of runs) stop();
    const closed = Promise.all(others.map(({ pool }) => pool.close(0)));
    await jest.advanceTimersByTimeAsync(10);
    await closed;
  });
});
