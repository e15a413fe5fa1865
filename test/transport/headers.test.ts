import { ReceivedCall } from '../../gateway/call';
import { IDENTITY } from '../../gateway/identity';
import { compileRequestHeaders } from '../../gateway/transport/headers';
import type { HeaderRule, ResponseHeaderRule } from '../../gateway/transport/options';
import { compileReads, readsOf } from '../../gateway/transport/reads';
import { compileResponseHeaders } from '../../gateway/transport/response-headers';

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
    const take = compileResponseHeaders([{ named: 'Set-Cookie', algorithm }], 'products');
    const target = new Map<string, string[]>();
    const nobody = new ReceivedCall({});
    take({ status: 200, headers: { 'set-cookie': ['a', 'b'], other: 'x' } }, target, nobody);
    take({ status: 200, headers: {} }, target, nobody);
    take({ status: 200, headers: { 'set-cookie': 'c' } }, target, nobody);
    return Object.fromEntries(target);
  };

  it('appends, keeps the first, or keeps the last', () => {
    expect(merged('append')).toEqual({ 'set-cookie': ['a', 'b', 'c'] });
    expect(merged('first')).toEqual({ 'set-cookie': ['a', 'b'] });
    expect(merged('last')).toEqual({ 'set-cookie': ['c'] });
  });
});

/** A call of somebody with these claims. */
function callOf(headers: Record<string, string>, claims: Record<string, unknown> | null = null): ReceivedCall {
  const call = new ReceivedCall(headers);
  const key = JSON.stringify(claims);
  if (claims !== null)
    call.facts.put(IDENTITY, { type: 'jwt', claims, scopes: new Set<string>(), expiresAt: null, key });
  return call;
}

describe('expressions in rules for requests', () => {
  const insert = (name: string, expression: string, when?: string): HeaderRule => ({
    kind: 'insert',
    name,
    expression,
    ...(when !== undefined && { when }),
  });
  /** What is sent for a call, by rules that see of it what they declare. */
  function sent(rules: readonly HeaderRule[], call: ReceivedCall) {
    const reads = readsOf({ name: 'products', requestHeaders: rules, responseHeaders: [], pools: {} } as never);
    const { headers, facts } = compileReads(reads)(call);
    return compileRequestHeaders(rules, 'products')(headers, facts);
  }

  it.each<[string, string | undefined]>([
    ['request.auth.claims.sub', 'anna'],
    ['request.auth.claims.age', '41'],
    ['request.auth.claims.roles', '["a","b"]'],
    ['request.headers["x-a"] + "!"', '1!'],
    ['operation.name', ''],
    ['subgraph.name', 'products'],
    ['request.auth.claims.nobody', undefined],
    ['request.auth.claims.nothing', undefined],
    ['request.headers["x-a"] + "\\r\\nx-admin: 1"', undefined],
    ['"a" + "\\u0000"', undefined],
    ['"a" + "\\n"', undefined],
    ['"\u20ac"', undefined],
  ])('%s sends %j', (expression, value) => {
    const call = callOf({ 'x-a': '1' }, { sub: 'anna', age: 41, roles: ['a', 'b'], nothing: null });
    expect(sent([insert('X-Made', expression)], call)['x-made']).toBe(value);
  });

  it('take away what the client says under their name', () => {
    const rules = [all, insert('x-user', 'request.auth.claims.sub')];
    const forged = { 'x-user': 'root', x_user: 'root', 'x-other': '1' };
    expect(sent(rules, callOf(forged))).toEqual({ 'x-other': '1' });
    expect(sent(rules, callOf(forged, { sub: 'anna' }))).toEqual({ 'x-user': 'anna', 'x-other': '1' });
    expect(sent([...rules, all], callOf(forged, { sub: 'anna' }))).not.toHaveProperty('x_user');
  });

  it('keep twins that are both ours', () => {
    const rules = [all, insert('x-user', '"a"'), { kind: 'insert', name: 'x_user', value: 'b' } as const];
    expect(sent(rules, callOf({}))).toEqual({ 'x-user': 'a', x_user: 'b' });
  });

  it('apply a rule of any kind on a condition; one without a value is not true', () => {
    const when = 'request.auth.claims.beta';
    const rules: HeaderRule[] = [
      all,
      { kind: 'remove', named: 'x-a', when },
      { kind: 'insert', name: 'x-beta', value: 'yes', when },
      { kind: 'propagate', named: 'x-b', rename: 'x-c', default: null, when: 'operation.type == "mutation"' },
    ];
    const headers = { 'x-a': '1', 'x-b': '2' };
    expect(sent(rules, callOf(headers))).toEqual(headers);
    expect(sent(rules, callOf(headers, { beta: true }))).toEqual({ 'x-b': '2', 'x-beta': 'yes' });
    const mutation = callOf(headers);
    mutation.operation = { name: null, kind: 'mutation' };
    expect(sent(rules, mutation)).toEqual({ ...headers, 'x-c': '2' });
  });

  it('keep apart those calls of which what they read differs', () => {
    const options = { name: 'products', responseHeaders: [], pools: {} };
    const requestHeaders = [insert('x-tenant', 'request.auth.claims.tenant')];
    const look = compileReads(readsOf({ ...options, requestHeaders } as never));
    const key = (tenant: string, sub: string) => look(callOf({}, { tenant, sub })).key;
    expect(key('a', 'anna')).toBe(key('a', 'bert'));
    expect(key('a', 'anna')).not.toBe(key('b', 'anna'));
  });
});

describe('expressions in rules for answers', () => {
  const answer = { status: 203, headers: { etag: 'e1', 'x-b': ['1', '2'] } };

  function taken(rule: ResponseHeaderRule, call = callOf({ 'x-a': '1' })): unknown {
    const target = new Map<string, string[]>();
    compileResponseHeaders([rule], 'products')(answer, target, call);
    return Object.fromEntries(target);
  }

  it.each<[string, string | undefined]>([
    ['response.status', '203'],
    ['response.headers.etag', 'e1'],
    ['response.headers["x-b"]', '1, 2'],
    ['subgraph.name + request.headers["x-a"]', 'products1'],
    ['response.headers["x-none"]', undefined],
    ['response.headers.etag + "\\n"', undefined],
  ])('%s gives %j', (expression, value) => {
    const made = taken({ insert: 'X-Made', expression, algorithm: 'last' });
    expect(made).toEqual(value === undefined ? {} : { 'x-made': [value] });
  });

  it('apply on a condition', () => {
    const rule = { named: 'etag', algorithm: 'last' } as const;
    expect(taken({ ...rule, when: 'response.status == 203' })).toEqual({ etag: ['e1'] });
    expect(taken({ ...rule, when: 'response.status >= 500' })).toEqual({});
    expect(taken({ insert: 'x-v', value: 'v', when: '"x-b" in response.headers', algorithm: 'append' })).toEqual({
      'x-v': ['v'],
    });
  });

  it('know no status where there was no answer', () => {
    const target = new Map<string, string[]>();
    const rule = { insert: 'x-s', expression: 'response.status', algorithm: 'last' } as const;
    compileResponseHeaders([rule], 'products')({ status: null, headers: {} }, target, callOf({}));
    expect(target.size).toBe(0);
  });

  it('may not say what no header can', () => {
    const rule = { insert: 'x-s', value: 'a\nb', algorithm: 'last' } as const;
    expect(() => compileResponseHeaders([rule], 'products')).toThrow(/character that no header may have/);
    expect(() => compileResponseHeaders([{ ...rule, insert: 'content-length', value: '1' }], '')).toThrow(
      /cannot be set/,
    );
  });
});
