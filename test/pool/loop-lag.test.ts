import { LoopLag } from '../../gateway/pool/loop-lag';

function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('LoopLag', () => {
  it('counts what is lost at once, and once', async () => {
    const lag = new LoopLag();
    const reading = lag.enter();
    block(150);
    expect(lag.blockedSince(reading)).toBeGreaterThan(100);
    await turn();
    await turn();
    expect(lag.blockedSince(reading)).toBeGreaterThan(100);
    lag.leave();
  });

  it('does not count what was lost before', async () => {
    const lag = new LoopLag();
    lag.enter();
    block(150);
    await turn();
    await turn();
    const reading = lag.enter();
    expect(lag.blockedSince(reading)).toBeLessThan(100);
    lag.leave();
    lag.leave();
  });
});
