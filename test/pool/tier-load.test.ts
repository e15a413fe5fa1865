import { panicThreshold, spill, spillZones } from '../../gateway/pool/tier-load';

const percent = (share: number | undefined) => Math.round((share ?? 0) * 100);

describe('spill', () => {
  it.each([
    [100, 100],
    [72, 100],
    [71, 99],
    [50, 70],
    [25, 35],
    [0, 0],
  ])('LB-28: with %d %% of the primaries well they get %d %%', (well, share) => {
    const shares = spill([
      { available: well, total: 100 },
      { available: 100, total: 100 },
    ]);
    expect(shares.map(percent)).toEqual([share, 100 - share]);
  });

  it('shares everything among those who are left when nobody can take the rest', () => {
    const shares = spill([
      { available: 20, total: 100 },
      { available: 10, total: 100 },
    ]);
    expect(shares.map(percent)).toEqual([67, 33]);
  });

  it('gives nothing when nobody is there', () => {
    expect(
      spill([
        { available: 0, total: 100 },
        { available: 0, total: 0 },
      ]),
    ).toEqual([0, 0]);
  });
});

describe('spillZones', () => {
  const well = { available: 3, total: 3 };

  it('keeps 97 % near and probes the others by their weight', () => {
    const [near = 0, ...far] = spillZones([well, well, { available: 6, total: 6 }]);
    expect(near).toBeGreaterThanOrEqual(0.97);
    expect(near).toBeLessThan(0.98);
    expect((far[1] ?? 0) / (far[0] ?? 0)).toBeCloseTo(2);
  });

  it('probes no further when more than that goes there anyway', () => {
    expect(spillZones([{ available: 1, total: 2 }, well]).map(percent)).toEqual([70, 30]);
  });

  it('leaves a single zone alone', () => {
    expect(spillZones([well])).toEqual([1]);
  });
});

it('panics sooner the more instances there are', () => {
  expect([panicThreshold(null, 3), panicThreshold(null, 10), panicThreshold(0.1, 10)]).toEqual([0.3, 0.5, 0.1]);
});
