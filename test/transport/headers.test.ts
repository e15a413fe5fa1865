import { compileRequestHeaders, compileResponseHeaders } from '../../gateway/transport/headers';
import type { HeaderRule } from '../../gateway/transport/options';

const client = {
  authorization: 'Bearer t',
  'x-a': '1',
  'x-b': '2',
  'set-cookie': ['a', 'b'],
  host: 'gateway',
  connection: 'keep-alive',
  'transfer-encoding': 'chunked',
  'content-length': '7',
  'content-type': 'text/plain',
  accept: 'text/html',
  'accept-encoding': 'zstd',
  te: 'trailers',
  'x-evil': 'a\r\nb: c',
};

const all: HeaderRule = { kind: 'propagate-matching', matching: /.*/ };
const propagate = (named: string, rename: string | null = null, fallback: string | null = null): HeaderRule => ({
  kind: 'propagate',
  named,
  rename,
  default: fallback,
});

describe('compileRequestHeaders', () => {
  it('forwards nothing without rules', () => {
    expect(compileRequestHeaders([])(client)).toEqual({});
  });

  it('propagates by name, renames, and falls back to a default', () => {
    const rules = [propagate('Authorization', 'X-User'), propagate('x-missing', null, 'none'), propagate('x-absent')];
    expect(compileRequestHeaders(rules)(client)).toEqual({ 'x-user': 'Bearer t', 'x-missing': 'none' });
  });

  it('propagates by pattern, every time', () => {
    const apply = compileRequestHeaders([{ kind: 'propagate-matching', matching: /^X-A$/g }]);
    expect([apply(client), apply(client)]).toEqual([{ 'x-a': '1' }, { 'x-a': '1' }]);
  });

  it('forwards nothing of the connection or the message, and no control characters', () => {
    expect(compileRequestHeaders([all])(client)).toEqual({
      authorization: 'Bearer t',
      'x-a': '1',
      'x-b': '2',
      'set-cookie': 'a, b',
    });
  });

  it('inserts and removes in the order of the rules', () => {
    const rules: HeaderRule[] = [
      all,
      { kind: 'remove', named: 'X-A' },
      { kind: 'remove-matching', matching: /^set-/ },
      { kind: 'insert', name: 'X-A', value: 'ours' },
    ];
    expect(compileRequestHeaders(rules)(client)).toEqual({ authorization: 'Bearer t', 'x-a': 'ours', 'x-b': '2' });
  });

  it.each(['connection', 'Host', 'content-length', 'transfer-encoding', 'a b', ''])(
    'refuses a rule that sets %p',
    (name) => {
      expect(() => compileRequestHeaders([{ kind: 'insert', name, value: 'x' }])).toThrow(/cannot be set/);
      expect(() => compileRequestHeaders([propagate('x-a', name)])).toThrow(/cannot be set/);
    },
  );

  it.each(['a\nb', 'a\rb', 'a\0b'])('refuses to insert the value %j', (value) => {
    expect(() => compileRequestHeaders([{ kind: 'insert', name: 'x-a', value }])).toThrow(/character/);
  });
});

describe('compileResponseHeaders', () => {
  const merged = (algorithm: 'append' | 'first' | 'last') => {
    const take = compileResponseHeaders([{ named: 'Set-Cookie', algorithm }]);
    const target = new Map<string, string[]>();
    take({ 'set-cookie': ['a', 'b'], other: 'x' }, target);
    take({}, target);
    take({ 'set-cookie': 'c' }, target);
    return Object.fromEntries(target);
  };

  it('appends, keeps the first, or keeps the last', () => {
    expect(merged('append')).toEqual({ 'set-cookie': ['a', 'b', 'c'] });
    expect(merged('first')).toEqual({ 'set-cookie': ['a', 'b'] });
    expect(merged('last')).toEqual({ 'set-cookie': ['c'] });
  });
});
