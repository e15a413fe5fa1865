import { ExactNumber } from '../../gateway/json/exact-number';
import { FetchOperation } from '../../gateway/transport/fetch-request';
import { Redaction, type RedactOptions, wrongPattern } from '../../gateway/transport/redaction';

const OPTIONS: RedactOptions = { headers: true, variables: true, messages: false, matching: [], tags: [] };
const NO_TAGS = new Map<string, ReadonlySet<string>>();

function clean(text: string, options: Partial<RedactOptions> = {}, own: readonly string[] = []): string {
  const headers = { authorization: 'Bearer token-of-mine', cookie: 'theme=dark; session=5f1c8e2a77', 'x-lang': 'de' };
  const variables = {
    email: 'kim@example.com',
    filter: [{ text: 'a "quoted" word', age: 4711, card: new ExactNumber('41111111111111111111') }, { short: 'abc' }],
  };
  return new Redaction({ ...OPTIONS, ...options }, own, NO_TAGS).cleaner({ headers, variables, exchanged: null })(text);
}

describe('what the log gets of what a subgraph says', () => {
  it.each([
    ['the value of a header', 'bad header Bearer token-of-mine', 'bad header [redacted]'],
    ['a part of one', 'jwt token-of-mine is malformed', 'jwt [redacted] is malformed'],
    ['a cookie', 'no session 5f1c8e2a77', 'no session [redacted]'],
    ['a variable', 'no account kim@example.com, kim@example.com', 'no account [redacted], [redacted]'],
    ['a number', 'age 4711 is too much', 'age [redacted] is too much'],
    ['a long number', 'card 41111111111111111111', 'card [redacted]'],
    ['a value in JSON', JSON.stringify({ text: 'a "quoted" word' }), '{"text":"[redacted]"}'],
    ['a value in a URL', 'GET /users?email=kim%40example.com failed', 'GET /users?email=[redacted] failed'],
    ['a value that is cut off', 'no account kim@exa', 'no account [redacted]'],
  ])('is without %s', (_what, text, left) => {
    expect(clean(text)).toBe(left);
  });

  it('keeps what is short: it is in any text', () => {
    expect(clean('abc in de')).toBe('abc in de');
  });

  it('is without what the configuration sends', () => {
    expect(clean('key 0123456789 is wrong', {}, ['0123456789', 'x'])).toBe('key [redacted] is wrong');
  });

  it('is without what fits a pattern', () => {
    expect(clean('card 4111111111111111 refused', { matching: ['[0-9]{13,19}'] })).toBe('card [redacted] refused');
  });

  it('is nothing where no messages are wanted', () => {
    expect(clean('connection to db-7 lost', { messages: true })).toBe('[redacted]');
  });

  it('has as much as the options say', () => {
    const text = 'token-of-mine kim@example.com';
    expect(clean(text, { headers: false })).toBe('token-of-mine [redacted]');
    expect(clean(text, { variables: false })).toBe('[redacted] kim@example.com');
  });

  it('takes time in proportion to what there is to look for', () => {
    const variables = { list: Array.from({ length: 100_000 }, (_, index) => `value ${index}`) };
    const cleaner = new Redaction(OPTIONS, [], NO_TAGS).cleaner({ headers: {}, variables, exchanged: null });
    expect(cleaner('value 7 and value 1999')).toBe('[redacted] and [redacted]');
  });

  it('takes no pattern that is wrong, or fits everything', () => {
    expect(wrongPattern('[')).toMatch(/^the pattern is wrong: /);
    expect(wrongPattern('x*')).toMatch(/^the pattern fits the empty text/);
    expect(wrongPattern('x+')).toBeNull();
  });

  describe('of what has a tag', () => {
    const TAGS = new Map<string, ReadonlySet<string>>([
      ['pii', new Set(['email', 'phone'])],
      ['other', new Set(['word'])],
    ]);
    const operation = new FetchOperation(
      'query ($w: In, $e: [In]) { mail: email find(email: "lit@x.y", in: { phone: 5550 word: "told" }, w: $w, phone: $e) { id } }',
      undefined,
      'query',
    );
    const cleanerOf = (data: unknown, variables = '{}', entities: readonly string[] = []) => {
      const options = { ...OPTIONS, headers: false, variables: false, tags: ['pii', 'nothing'] };
      const redaction = new Redaction(options, [], TAGS);
      expect(redaction.missingTags).toEqual(['nothing']);
      const request = { operation, lists: [{ variable: 'r', entities }], variables };
      return redaction.cleaner({ headers: {}, variables: {}, exchanged: { request, data } });
    };

    it.each([
      ['a literal of an argument', 'no lit@x.y, told', 'no [redacted], told'],
      ['a literal of an input field', 'no 5550', 'no [redacted]'],
      ['a variable below an input field', 'no 0123, no yes', 'no [redacted], no yes'],
      ['a variable of an argument, all of it', 'no deep-one', 'no [redacted]'],
      ['an entity', 'no ent@x.y of 99', 'no [redacted] of 99'],
      ['data by its alias', 'no Al, no Bo', 'no [redacted], no Bo'],
      ['a number that no double holds', 'no 12345678901234567890', 'no [redacted]'],
    ])('is without %s', (_what, text, expected) => {
      const variables = '{"w":{"phone":["0123",12345678901234567890],"word":"yes"},"e":[{"word":"deep-one"}]}';
      const clean = cleanerOf({ mail: 'Al', email: 'Bo', flag: { mail: true } }, variables, [
        '{"id":"99","email":"ent@x.y"}',
      ]);
      expect(clean(text)).toBe(expected);
    });

    it('is nothing when there are too many values to look for', () => {
      expect(cleanerOf(Array.from({ length: 3_000 }, (_, index) => ({ mail: `m${index}` })))('m7')).toBe('[redacted]');
    });
  });
});
