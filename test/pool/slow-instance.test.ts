import { seededRandom } from '../fixtures/seeded-random';
import { type Answered, NoisyTraffic } from './noisy-traffic';

const USUAL_MS = 10;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

interface Setting {
  readonly seed: number;
  readonly perSecond: number;
  /** Mean time between pauses of 30 to 80 ms of each instance; 0: none. */
  readonly pauseEveryMs: number;
}

/** Three instances that pause now and then; the first becomes ten times slower once everybody is known. */
function withSlowOne({ seed, perSecond, pauseEveryMs }: Setting) {
  const random = seededRandom(100 + seed);
  let slow = false;
  const noise = [0, 1, 2].map((at) => ({
    serviceMs: () => (at === 0 && slow ? 10 : 1) * USUAL_MS + 0.3 - Math.log(1 - random()),
    pauseEveryMs,
    pauseMs: [30, 80] as const,
  }));
  const traffic = new NoisyTraffic(noise, seed);
  traffic.run(perSecond, 3_000);
  slow = true;
  const turn = (isSlow: boolean) => {
    slow = isSlow;
  };
  return { traffic, turn };
}

function shareOfFirst(answered: readonly Answered[]): number {
  return answered.filter(({ at }) => at === 0).length / answered.length;
}

function sharesOver(seeds: readonly number[], setting: Omit<Setting, 'seed'>, forMs: number): readonly number[] {
  return seeds.map((seed) => shareOfFirst(withSlowOne({ seed, ...setting }).traffic.run(setting.perSecond, forMs)));
}

describe('one of three instances becomes ten times slower (LB-09, on virtual time)', () => {
  it.each([
    ['never', 0],
    ['every eight seconds', 8_000],
    ['every two seconds', 2_000],
  ])('gets less than 1 %% in the first six seconds when each pauses %s', (_, pauseEveryMs) => {
    const shares = sharesOver(SEEDS, { perSecond: 200, pauseEveryMs }, 6_000);
    expect(Math.max(...shares)).toBeLessThan(0.01);
  });

  it('gets less than 0.75 % over half a minute, with a pause each second', () => {
    const shares = sharesOver(SEEDS.slice(0, 3), { perSecond: 200, pauseEveryMs: 1_000 }, 30_000);
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeLessThan(0.0075);
  });

  it('has about its third again twelve seconds after it is as quick as the others', () => {
    for (const seed of SEEDS) {
      const { traffic, turn } = withSlowOne({ seed, perSecond: 200, pauseEveryMs: 2_000 });
      traffic.run(200, 10_000);
      turn(false);
      traffic.run(200, 12_000);
      expect(shareOfFirst(traffic.run(200, 3_000))).toBeGreaterThan(0.2);
    }
  });
});

it('shares about evenly among three that pause', () => {
  for (const seed of SEEDS) {
    const { traffic, turn } = withSlowOne({ seed, perSecond: 200, pauseEveryMs: 2_000 });
    turn(false);
    traffic.run(200, 2_000);
    const answered = traffic.run(200, 20_000);
    const shares = [0, 1, 2].map((at) => answered.filter((one) => one.at === at).length / answered.length);
    expect(Math.min(...shares)).toBeGreaterThan(0.27);
  }
});
