import { EventEmitter } from 'node:events';
import { stopRequested } from '../../../gateway/cli/demo/stop-signals';

describe('stopRequested', () => {
  function press() {
    const signals = new EventEmitter();
    const state = { nowMs: 0, exits: 0 };
    const stop = stopRequested(
      () => {
        state.exits += 1;
      },
      signals,
      () => state.nowMs,
    );
    return { signals, state, stop };
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('resolves on %s', async (signal) => {
    const { signals, stop } = press();
    signals.emit(signal);
    await expect(stop).resolves.toBeUndefined();
  });

  it('takes the copy of a signal that npm hands on for the same press', () => {
    const { signals, state } = press();
    signals.emit('SIGINT');
    state.nowMs = 40;
    signals.emit('SIGINT');
    expect(state.exits).toBe(0);
  });

  it('exits at once on the second press', () => {
    const { signals, state } = press();
    signals.emit('SIGINT');
    state.nowMs = 501;
    signals.emit('SIGINT');
    expect(state.exits).toBe(1);
  });
});
