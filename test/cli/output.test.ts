import { exitCodeOf } from '../../gateway/cli/output';
import { type ErrorCode, HeadgateError } from '../../gateway/errors';

describe('exitCodeOf', () => {
  const cases: [ErrorCode, number][] = [
    ['USAGE', 3],
    ['CONFIG_INVALID', 3],
    ['PORT_IN_USE', 3],
    ['COMPOSITION_FAILED', 1],
    ['CONFLICT', 1],
    ['INTERNAL', 1],
    ['GATEWAY_TIMEOUT', 2],
  ];

  it.each(cases)('of %s is %d', (code, exitCode) => {
    expect(exitCodeOf(new HeadgateError(code, 'x'))).toBe(exitCode);
  });

  it('of anything else is 1', () => {
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
  });
});
