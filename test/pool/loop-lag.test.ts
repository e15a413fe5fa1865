import { LoopLag } from '../../gateway/pool/loop-lag';
import { hold, letGo } from '../fixtures/held-time';

let nowMs: number;

beforeEach(() => {
  hold('setInterval', 'clearInterval');
  nowMs = 1_000;
  jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
});

afterEach(() => {
  jest.restoreAllMocks();
  letGo();
});

/** Time goes by, and the loop does not turn. */
function block(ms: number): void {
  nowMs += ms;
}

/** The loop turns, and has its timers called. */
function turn(): void {
  jest.advanceTimersByTime(20);
}

describe('LoopLag', () => {
  it('counts what is lost at once, and once', () => {
    const lag = new LoopLag();
    const reading = lag.enter();
    block(150);
    expect(lag.blockedSince(reading)).toBe(130);
    turn();
    turn();
    expect(lag.blockedSince(reading)).toBe(130);
    block(20);
    turn();
    expect(lag.blockedSince(reading)).toBe(130);
  });

  it('does not count what was lost before', () => {
    const lag = new LoopLag();
    lag.enter();
    block(150);
    turn();
    const reading = lag.enter();
    expect(lag.blockedSince(reading)).toBe(0);
  });

  it('takes timers that are a little late for what timers are', () => {
    const lag = new LoopLag();
    const reading = lag.enter();
    block(40);
    expect(lag.blockedSince(reading)).toBe(0);
  });
});
