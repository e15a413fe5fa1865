import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, ERRORS, HeadgateError, KNOWN_ELSEWHERE } from '../gateway/errors';
import { packageRoot } from '../gateway/package-root';
import { errorPage } from './fixtures/error-page';

const GATEWAY = join(packageRoot, 'gateway');
/** Members of a list of problems, which say where a file is wrong, have codes of their own. */
const HAS_PROBLEMS =
  /^(?:transport\/rest\/(?:model|validate|connectors)|supergraph\/(?:compose|thread|unserved-features))/;

function sources(): readonly (readonly [name: string, text: string])[] {
  return readdirSync(GATEWAY, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'errors.ts' && !name.startsWith('http/graphiql/page'))
    .map((name) => [name, readFileSync(join(GATEWAY, name), 'utf8')]);
}

function found(pattern: RegExp, text: string): readonly string[] {
  return [...text.matchAll(pattern)].map(([, code]) => code ?? '');
}

/** The codes are a contract with clients and operators: one that is added is documented in the same change. */
describe('gateway/ERRORS.md', () => {
  it('is made of the table (renew it: node dist/test/fixtures/error-page.js > gateway/ERRORS.md)', () => {
    expect(readFileSync(join(GATEWAY, 'ERRORS.md'), 'utf8')).toBe(errorPage());
  });

  it('has a meaning, a remedy and a status of HTTP for what is answered without data', () => {
    for (const [code, { meaning, remedy, status }] of Object.entries(ERRORS)) {
      expect([code, meaning, remedy]).toEqual([code, expect.stringMatching(/^\S[^|\n]+\S$/), expect.any(String)]);
      expect(remedy).toMatch(/^\S[^|\n]+\S$/);
      // Clients of automatic persisted queries want 200, and look into the errors.
      expect(status === null || (status >= 400 && status < 600) || code === 'PERSISTED_QUERY_NOT_SUPPORTED').toBe(true);
    }
    expect(Object.keys(ERROR_CODES)).toEqual(Object.keys(ERRORS));
  });
});

describe('the table of codes', () => {
  const known = new Set([...Object.keys(ERRORS), ...Object.keys(KNOWN_ELSEWHERE)]);

  it('has every code that the source puts into an error', () => {
    const used = sources().flatMap(([name, text]) => {
      const codes = [
        ...found(/\b(?:HeadgateError|restError|refusal|requestError)\(\s*(?:site,\s*)?'([A-Z_]+)'/g, text),
        ...(HAS_PROBLEMS.test(name) ? [] : found(/\bcode: '([A-Z_]+)'/g, text)),
      ];
      return codes.map((code) => `${name}: ${code}`);
    });
    expect(used.length).toBeGreaterThan(150);
    expect(used.filter((one) => !known.has(one.split(': ')[1] ?? ''))).toEqual([]);
  });

  it('has none that nothing puts into an error any more', () => {
    const written = new Set(sources().flatMap(([, text]) => found(/'([A-Z][A-Z_]+)'/g, text)));
    // What graphql-js and Apollo Server say themselves.
    const others = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED'];
    expect([...known].filter((code) => !written.has(code) && !others.includes(code))).toEqual([]);
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
