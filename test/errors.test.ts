import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, HeadgateError } from '../gateway/errors';
import { packageRoot } from '../gateway/package-root';

/** The codes are a contract with clients and operators: one that is added is documented in the same change. */
describe('gateway/ERRORS.md', () => {
  it('has a row for each code, in the same order and words', () => {
    const text = readFileSync(join(packageRoot, 'gateway', 'ERRORS.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning]);
    expect(rows).toEqual(Object.entries(ERROR_CODES));
  });
});

describe('the stack of an error', () => {
  it('is taken for a bug only, and errors of others keep theirs', () => {
    const lines = (error: Error) => (error.stack ?? '').split('\n').length;
    expect(lines(new HeadgateError('NOT_FOUND', 'nothing is there'))).toBe(1);
    expect(lines(new HeadgateError('INTERNAL', 'a bug'))).toBeGreaterThan(1);
    expect(lines(new Error('another'))).toBeGreaterThan(1);
  });
});
