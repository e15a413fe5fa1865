import { pino } from 'pino';
import { TextLines } from '../../gateway/observability/text-lines';

function written(act: (log: pino.Logger) => void, { colors = false, base = {} } = {}): string {
  let text = '';
  const lines = new TextLines({ write: (line) => (text += line) }, colors);
  act(pino({ level: 'debug', base, timestamp: pino.stdTimeFunctions.isoTime }, lines));
  return text.replace(/\[\d\d:\d\d:\d\d\.\d{3}\]/g, '[time]');
}

describe('the log as text', () => {
  it('has time, level and message', () => {
    const text = written((log) => {
      log.debug({ event: 'a', pool: 'p' }, 'one');
      log.info('two');
      log.warn('three');
      log.error('four');
    });
    expect(text).toBe('[time] DEBUG: one\n[time] INFO: two\n[time] WARN: three\n[time] ERROR: four\n');
  });

  it('names the worker', () => {
    expect(written((log) => log.info('up'), { base: { worker: 2 } })).toBe('[time] INFO: [2] up\n');
  });

  it('colours the level only', () => {
    expect(written((log) => log.warn('slow'), { colors: true })).toBe('[time] \u001b[33mWARN\u001b[39m: slow\n');
  });

  it('lets nothing in a message act upon the terminal', () => {
    expect(written((log) => log.info('a\u001b[2J\rb\u202e'))).toBe('[time] INFO: a\\u001b[2J\\u000db\\u202e\n');
  });

  it('shows where an error was thrown, and what caused it', () => {
    const err = {
      stack: 'Error: no\n    at a (f.js:1:2)',
      cause: { message: 'why', stack: 'TypeError: why\n    at b (g.js:3:4)' },
    };
    expect(written((log) => log.error({ event: 'internal.error', problem: 1, err }, 'no'))).toBe(
      '[time] ERROR: no\n    at a (f.js:1:2)\n  because: why\n    at b (g.js:3:4)\n',
    );
  });
});
