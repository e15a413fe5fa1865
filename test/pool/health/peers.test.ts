import { lowSuccessRates, medianOf, slowMembers } from '../../../gateway/pool/health/peers';
import { seededRandom } from '../../fixtures/seeded-random';

const rates = (...failures: readonly number[]) =>
  lowSuccessRates(failures.map((failed) => ({ requests: 100, failures: failed })));

describe('lowSuccessRates', () => {
  it('finds one of five that fails far more often than the others', () => {
    expect(rates(0, 1, 0, 2, 30)).toEqual([null, null, null, null, 0.7]);
  });

  it('finds nobody among four, nor with few requests', () => {
    expect(rates(0, 0, 0, 50)).toEqual([null, null, null, null]);
    const few = Array.from({ length: 5 }, (_, at) => ({ requests: 10, failures: at === 0 ? 9 : 0 }));
    expect(lowSuccessRates(few)).toEqual([null, null, null, null, null]);
  });

  it('finds nobody who is less than five points worse', () => {
    expect(rates(0, 0, 0, 0, 5)).toEqual([null, null, null, null, null]);
  });

  it('finds nobody when all fail alike', () => {
    expect(rates(40, 41, 42, 40, 43)).toEqual([null, null, null, null, null]);
  });
});

describe('slowMembers', () => {
  it('finds one whose median is over five times that of its peers', () => {
    expect(slowMembers([5, 6, 31], [false, false, false])).toEqual([false, false, true]);
    expect(slowMembers([5, 6, 24], [false, false, false])).toEqual([false, false, false]);
  });

  it('lets go only below three times', () => {
    expect(slowMembers([5, 6, 20], [false, false, true])).toEqual([false, false, true]);
    expect(slowMembers([5, 6, 14], [false, false, true])).toEqual([false, false, false]);
  });

  it('does not judge one without peers', () => {
    expect(slowMembers([500], [false])).toEqual([false]);
    expect(slowMembers([500, null], [false, false])).toEqual([false, false]);
  });
});

describe('the median of the others', () => {
  it('is that of all others, for every place and every number of equals', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 300; round += 1) {
      const medians = Array.from({ length: 1 + Math.floor(random() * 9) }, () => 1 + Math.floor(random() * 12));
      const expected = medians.map((own, at) => {
        const peers = medianOf(medians.filter((_, other) => other !== at));
        return peers !== null && own > peers * 5;
      });
      expect(
        slowMembers(
          medians,
          medians.map(() => false),
        ),
      ).toEqual(expected);
    }
  });
});
