import { findReason } from './running-gateway';

describe('reason why a gateway does not start', () => {
  it('is the first line that speaks of an error', () => {
    expect(findReason('starting\n\n  Error: port taken\n    at line 1\nNode.js v20\n')).toBe('Error: port taken');
  });

  it('is the last line when none does', () => expect(findReason('starting\nstopped\n')).toBe('stopped'));
  it('is missing when there is no line', () => expect(findReason('\n')).toBe('it logged nothing'));
});
