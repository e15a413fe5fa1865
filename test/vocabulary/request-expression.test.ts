import { type Call, ReceivedCall } from '../../gateway/call';
import { STRING } from '../../gateway/expressions/types';
import { EvaluationError } from '../../gateway/expressions/values';
import { IDENTITY, type Identity } from '../../gateway/identity';
import { compileReads } from '../../gateway/transport/reads';
import { networkOf } from '../../gateway/vocabulary/client';
import { OPERATION, OPERATION_COST } from '../../gateway/vocabulary/operation';
import { REQUEST } from '../../gateway/vocabulary/request';
import { compileRequestExpression } from '../../gateway/vocabulary/request-expression';

const ANNA: Identity = {
  type: 'jwt',
  claims: { sub: 'anna', tenant: 'acme', nothing: null, address: { city: 'Ulm' } },
  scopes: new Set(['write', 'read']),
  expiresAt: null,
  key: 'jwt anna',
};

function compile(text: string) {
  return compileRequestExpression(text, { where: 'here', vocabulary: { request: REQUEST, operation: OPERATION } });
}

function received(headers: Call['headers'] = {}, identity?: Identity): Call {
  const target = { method: 'GET', path: '/graphql', search: '?a=1&b=%20x&a=2' };
  const call = new ReceivedCall(headers, '203.0.113.9', target);
  if (identity !== undefined) call.facts.put(IDENTITY, identity);
  return call;
}

function evaluate(text: string, call: Call): unknown {
  const value = compile(text).evaluate(call);
  return value instanceof EvaluationError ? value.reason : value;
}

describe('what an expression reads of a request', () => {
  const call = received(
    {
      host: 'API.example.com:4000',
      'x-tenant': 'acme',
      cookie: 'a=1; session="s 1"; session=2',
      'apollographql-client-name': 'web',
      'graphql-client-version': '2.1',
    },
    ANNA,
  );

  it.each<[string, unknown]>([
    ['request.method', 'GET'],
    ['request.path', '/graphql'],
    ['request.host', 'api.example.com'],
    ['request.query.a', '1'],
    ['request.query["b"]', ' x'],
    ['request.query.c', 'missing'],
    ['request.query', { a: '1', b: ' x' }],
    ['request.headers["X-Tenant"]', 'acme'],
    ['request.headers["x-other"]', 'missing'],
    ['has(request.headers.accept)', false],
    ['"x-tenant" in request.headers', true],
    ['request.headers.all(name, name != "accept")', true],
    ['request.cookies.session', 's 1'],
    ['request.cookies', { a: '1', session: 's 1' }],
    ['request.peer', '203.0.113.9'],
    ['request.client.id', 'anna'],
    ['request.client.name + "/" + request.client.version', 'web/2.1'],
    ['request.auth.claims.tenant', 'acme'],
    ['request.auth.claims.address.city', 'Ulm'],
    ['has(request.auth.claims.constructor)', false],
    ['request.auth.claims.nothing', null],
    ['request.auth.scopes', ['read', 'write']],
    ['"read" in request.auth.scopes', true],
    ['request.auth.type', 'jwt'],
    ['operation.type', 'missing'],
    ['operation.cost', 'missing'],
    ['hash("a") == hash("a") && hash("a") != hash("b")', true],
    ['percent(0) || percent(0.0, "x")', false],
    ['percent(100) && percent(100, request.headers["x-tenant"])', true],
  ])('%s', (text, expected) => {
    expect(evaluate(text, call)).toEqual(expected);
  });

  it('knows an anonymous caller by where it comes from, and a member of no tenant by having no claims', () => {
    const anonymous = received();
    expect(evaluate('request.client.id', anonymous)).toBe('203.0.113.9');
    expect(evaluate('request.auth.type', anonymous)).toBe('anonymous');
    expect(evaluate('has(request.auth.claims.tenant)', anonymous)).toBe(false);
    expect(evaluate('request.auth.scopes == []', anonymous)).toBe(true);
  });

  it('knows an operation once layers have put it there', () => {
    const prepared = received();
    prepared.operation = { kind: 'query', name: 'Me', hash: 'abc' };
    prepared.facts.put(OPERATION_COST, 12);
    expect(evaluate('operation.name + operation.type + operation.hash', prepared)).toBe('Mequeryabc');
    expect(evaluate('operation.cost > 10.0', prepared)).toBe(true);
  });

  it('gives what percent() promises', () => {
    const one = compile('percent(25, request.headers["x-user"])');
    let chosen = 0;
    for (let user = 0; user < 4_000; user++) if (one.evaluate(received({ 'x-user': `u${user}` })) === true) chosen += 1;
    expect(chosen).toBeGreaterThan(900);
    expect(chosen).toBeLessThan(1_100);
  });

  it('refuses names that are not there, with the place', () => {
    expect(() => compile('request.header["x"]')).toThrow(/here.*did you mean headers/s);
    const onRequest = { where: 'when', vocabulary: { request: REQUEST } };
    expect(() => compileRequestExpression('operation.name == "x"', onRequest)).toThrow('operation');
    expect(() => compileRequestExpression('1', { ...onRequest, result: STRING })).toThrow('string');
  });
});

describe('reads', () => {
  it('looks at what it reads and at nothing else', () => {
    const seen: unknown[] = [];
    const headers = new Proxy<Record<string, string>>(
      { 'x-tenant': 'acme', other: '1' },
      {
        get: (target, name) => {
          seen.push(name);
          return target[String(name)];
        },
        ownKeys: () => {
          throw new Error('all headers were listed');
        },
      },
    );
    expect(evaluate('request.headers["x-tenant"] == "acme"', received(headers))).toBe(true);
    expect(seen).toEqual(['x-tenant']);
  });

  it.each([
    ['request.headers["x-b"] == request.headers["X-A"]', ['x-a', 'x-b'], 0, []],
    ['request.client.name == "web"', [], 0, ['client name']],
    ['request.auth.claims.sub', [], 0, ['claim sub']],
    ['request.client', [], 0, ['client id', 'client name', 'client version']],
    ['request.headers.exists(name, name == "x")', [], 1, []],
    ['true', [], 0, []],
  ])('%s', (text, headers, matching, facts) => {
    const { reads } = compile(text);
    expect([reads.headers, reads.matching.length, reads.facts.map(({ name }) => name)]).toEqual([
      headers,
      matching,
      facts,
    ]);
  });

  it.each([
    ['request.auth.claims.tenant', true],
    ['request.auth.claims.sub', false],
    ['request.auth.claims.nothing', true],
    ['request.auth.type', true],
    ['request.headers["x-tenant"]', true],
    ['request.peer', true],
    ['request.auth', false],
  ])('%s is the same of two members of a tenant: %s', (text, expected) => {
    const { reads, evaluate } = compile(text);
    const look = compileReads(reads);
    const bert = { ...ANNA, claims: { ...ANNA.claims, sub: 'bert' }, key: 'jwt bert' };
    const [one, other] = [ANNA, bert].map((identity) => look(received({ 'x-tenant': 'acme' }, identity)));
    if (one === undefined || other === undefined) throw new Error('two looks');
    expect(one.key === other.key).toBe(expected);
    // What shared work sees is enough for the same value.
    expect(evaluate(one)).toEqual(evaluate(received({ 'x-tenant': 'acme' }, ANNA)));
  });
});

describe('the network of a client', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
