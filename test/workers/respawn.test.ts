import { earlyDeaths, respawnDelayMs } from '../../gateway/workers/respawn';

describe('respawning', () => {
  it('follows at once after a long life', () => {
    expect(earlyDeaths(7, 10_000)).toBe(0);
    expect(respawnDelayMs(0)).toBe(0);
  });

  it('backs off from what dies young, up to ten seconds', () => {
    let deaths = 0;
    const delays = Array.from({ length: 9 }, () => {
      deaths = earlyDeaths(deaths, 50);
      return respawnDelayMs(deaths);
    });
    expect(delays).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000]);
  });
});
