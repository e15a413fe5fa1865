import { isHeadgateError } from '../../gateway/errors';
import { compileExpression, type ExpressionOptions } from '../../gateway/expressions/compile-expression';
import { declareFunction } from '../../gateway/expressions/functions/declare';
import {
  BOOL,
  DOUBLE,
  DYN,
  headersOf,
  INT,
  listOf,
  mapOf,
  objectOf,
  printType,
  STRING,
  TIMESTAMP,
  type Type,
} from '../../gateway/expressions/types';
import { EvaluationError } from '../../gateway/expressions/values';
import { parseJson } from '../../gateway/json/parse';

const VARIABLES: Readonly<Record<string, Type>> = {
  request: objectOf('request', {
    method: STRING,
    path: STRING,
    headers: headersOf(STRING),
    client: objectOf('request.client', { name: STRING, version: STRING }),
  }),
  claims: mapOf(STRING, DYN),
  scopes: listOf(STRING),
  response: objectOf('response', { status: INT, weight: DOUBLE }),
  now: TIMESTAMP,
};
const VALUES = {
  request: {
    method: 'GET',
    path: '/graphql',
    headers: { 'x-tenant': 'a', accept: 'text/html' },
    client: { name: 'web', version: '2' },
  },
  claims: { sub: 'u1', level: 3, roles: ['user', 'admin'], profile: { plan: 'free' } },
  scopes: ['read:own', 'write:own'],
  response: { status: 503, weight: 1 },
  now: new Date('2026-11-30T12:34:56.789Z'),
};

function compile(text: string, options: Partial<ExpressionOptions> = {}) {
  return compileExpression(text, { where: 'routing[0].when', variables: VARIABLES, ...options });
}

function problemOf(text: string, options: Partial<ExpressionOptions> = {}): string {
  try {
    compile(text, options);
  } catch (error) {
    if (isHeadgateError(error, 'EXPRESSION_INVALID')) return error.message;
    throw error;
  }
  throw new Error(`${text} was compiled`);
}

describe('an expression over a request', () => {
  it.each<[string, unknown]>([
    ['request.headers["x-tenant"] == "a" && request.path.startsWith("/graphql") && "admin" in claims.roles', true],
    ['request.headers["X-Tenant"]', 'a'],
    ['request.headers.Accept', 'text/html'],
    ['"X-TENANT" in request.headers && has(request.headers.ACCEPT)', true],
    ['request.headers[?"x-canary"].orValue("none") + ":" + claims.sub', 'none:u1'],
    ['request.headers["x-" + "Tenant"]', 'a'],
    ['response.status >= 500 ? "down" : "up"', 'down'],
    ['response.status + 1', 504n],
    ['response.weight / 2.0', 0.5],
    ['claims.level > 2 && claims.level == 3', true],
    ['scopes.exists(s, s.endsWith(":own")) && scopes.all(s, size(s) > 4)', true],
    ['scopes.map(s, s.split(":")[0]).join("+")', 'read+write'],
    ['scopes.filter(s, s.startsWith("w"))', ['write:own']],
    ['request.headers.exists(name, value, name.startsWith("x-") && value == "a")', true],
    ['request.client.name + "/" + request["client"].version', 'web/2'],
    ['now.getFullYear() == 2026 && now - duration("1h") < now', true],
    ['string(now)', '2026-11-30T12:34:56.789Z'],
    ['claims.profile.?plan.orValue("none")', 'free'],
    ['request.path.matches("^/(graphql|api/v[0-9]+)$")', true],
    ['claims.sub.matches("^" + claims.sub + "$")', true],
    ['" A\\u00e9 ".trim().lowerAscii() + "b".upperAscii().replace("B", "c")', 'aéc'],
    ['"ab😀c".substring(2, 3) + "ab😀c".charAt(3) + string("ab😀c".indexOf("c"))', '😀c3'],
    ['cel.bind(t, request.headers["x-tenant"], t + t)', 'aa'],
    ['cel.bind(h, request.headers, h["X-TENANT"]) + request.?headers["X-Tenant"].value()', 'aa'],
    ['optional.of(response).status.value() + 1', 504n],
    ['false && 1 / 0 > 0 || true', true],
    ['claims.missing == 1 || true', true],
  ])('%s', (text, value) => {
    expect(compile(text).evaluate(VALUES)).toEqual(value);
  });

  it('compares integers of 64 bits exactly, also those that JSON gave', () => {
    const values = { ...VALUES, claims: parseJson('{"id": 1234567890123456781}') };
    expect(compile('claims.id == 1234567890123456781').evaluate(values)).toBe(true);
    expect(compile('claims.id == 1234567890123456782').evaluate(values)).toBe(false);
    expect(compile('9223372036854775807 - 1').evaluate({})).toBe(9223372036854775806n);
  });

  it('sees own properties of the values only', () => {
    const hidden = { ...VALUES, claims: Object.create({ inherited: 1 }) };
    for (const name of ['inherited', 'constructor', '__proto__', 'toString'])
      expect(compile(`claims[${JSON.stringify(name)}] == 1 || has(claims.${name})`).evaluate(hidden)).toBeInstanceOf(
        EvaluationError,
      );
    expect(compile('has(claims.constructor)').evaluate(VALUES)).toBe(false);
  });

  it('may call functions that its place adds', () => {
    const shout = declareFunction('.shout', ['string, int -> string'], (frame, text, times) =>
      typeof text === 'string' && typeof times === 'bigint' && frame.charge(1)
        ? text + '!'.repeat(Number(times))
        : undefined,
    );
    expect(compile('claims.sub.shout(2)', { functions: [shout] }).evaluate(VALUES)).toBe('u1!!');
    expect(problemOf('claims.sub.shout("2")', { functions: [shout] })).toContain('shout does not take (dyn, string)');
  });
});

describe('an expression that is wrong', () => {
  it.each<[string, string]>([
    [
      'requst.path == "/"',
      '1:1 requst is not declared; did you mean request? declared: request, claims, scopes, response, now',
    ],
    [
      'true &&\n  request.heders["x"] == "1"',
      '2:11 request has no field heders; did you mean headers? it has: method, path, headers, client',
    ],
    ['request.client.nme', '1:16 request.client has no field nme; did you mean name? it has: name, version'],
    ['request["paths"]', '1:9 request has no field paths; did you mean path?'],
    ['request[claims.sub]', '1:16 fields of request are named, e.g. method'],
    ['response.status == "500"', '1:17 == does not take (int, string)'],
    ['response.status + 1.5', '1:17 + does not take (int, double); it takes (int, int) or (double, double)'],
    ['request.path.startWith("/")', '1:14 there is no function startWith; did you mean startsWith?'],
    ['startsWith(request.path, "/")', '1:1 startsWith is called as x.startsWith()'],
    ['request.path.size', '1:14 string has no fields, so no size'],
    ['"é😀" + unknown', '1:8 unknown is not declared'],
    ['request.path.matches("(a")', '1:22 the pattern is wrong: missing closing )'],
    ['request.path.matches("(?=a)")', '1:22 the pattern is wrong'],
    ['request.path.matches("(a{100}){100}")', '1:22 the pattern is wrong'],
    ['now.getHours("Europe/Berlim")', '1:14 "Europe/Berlim" is no time zone'],
    ['request.path.exists(c, c == "/")', '1:14 exists() is for lists and maps, this is string'],
    ['scopes.exists(s, size(s))', '1:18 exists() tests by bool, this is int'],
    ['scopes.map("s", 1)', '1:12 map() begins with a name of its own'],
    ['scopes["a"]', '1:8 a list is indexed by int, this is string'],
    ['true ? 1 : "a"', '1:6 ?: gives one type, here it is int or string'],
    ['has(claims)', '1:5 has() takes a field'],
    ['has(request.headers["x-a"])', 'a key in brackets is asked for with in'],
    ['claims.sub = "a"', '1:12 = (did you mean ==?) means nothing here'],
    ['claims.a & claims.b', '1:10 & (did you mean &&?) means nothing here'],
    ['(claims.sub', '1:12 ) is expected, found the end'],
    ['"abc', '1:1 a string is not closed'],
    ['9223372036854775808', '1:1 9223372036854775808 is larger than an integer can be'],
    ['import + 1', '1:1 import is a reserved word'],
    ['Request{path: "a"}', '1:8 messages (Name{field: value}) cannot be made here'],
    ['', '1:1 a value is expected, found the end'],
    [`${'('.repeat(300)}1${')'.repeat(300)}`, '1:201 nested more than 200 deep'],
    [`1${' + 1'.repeat(300)}`, 'nested more than 200 deep'],
    [`"${'a'.repeat(20_000)}"`, 'an expression has at most 20000 characters'],
    [`[${'1,'.repeat(60)}1]`, 'this needs more work than one evaluation may do (50)'],
  ])('%s', (text, problem) => {
    const costMax = problem.includes('(50)') ? 50 : 20_000;
    const message = problemOf(text, { costMax });
    expect(message).toContain('routing[0].when:');
    expect(message).toContain(problem);
  });

  it('is told with its line and a mark below the place, and in details', () => {
    expect(problemOf('response.status ==\n  claim.level')).toBe(
      [
        'routing[0].when:2:3 claim is not declared; did you mean claims? declared: request, claims, scopes, response, now',
        '    claim.level',
        '    ^',
      ].join('\n'),
    );
    try {
      compile('a + b');
    } catch (error) {
      expect(isHeadgateError(error) && error.details).toMatchObject({
        where: 'routing[0].when',
        problems: [
          { line: 1, column: 1 },
          { line: 1, column: 5 },
        ],
      });
    }
    expect.assertions(2);
  });

  it('is refused where another type is expected', () => {
    expect(problemOf('response.status', { result: BOOL })).toContain('1:10 this gives int, bool is expected here');
    expect(problemOf('[1]', { result: listOf(STRING) })).toContain(
      'this gives list(int), list(string) is expected here',
    );
    expect(printType(compile('claims.admin', { result: BOOL }).type)).toBe('dyn');
  });
});

describe('what an expression reads', () => {
  it.each<[string, readonly string[]]>([
    [
      'request.headers["X-Tenant"] == request.headers.accept',
      ['request.headers.accept', 'request.headers["x-tenant"]'],
    ],
    ['"x-a" in request.headers || has(request.headers.b)', ['request.headers.b', 'request.headers["x-a"]']],
    ['request.headers[?"x-a"].orValue(claims.sub)', ['claims.sub', 'request.headers["x-a"]']],
    ['request.?headers["X-A"].hasValue()', ['request.headers["x-a"]']],
    ['request.headers[claims.header]', ['claims.header', 'request.headers']],
    ['request.headers.exists(n, n == "x") && request.headers.accept == ""', ['request.headers']],
    ['"admin" in claims.roles', ['claims.roles']],
    ['claims.roles[0] == claims.profile.plan', ['claims.profile.plan', 'claims.roles']],
    ['scopes.exists(claims, claims == "a")', ['scopes']],
    ['cel.bind(h, request.headers, h["x"])', ['request.headers']],
    ['type(1) == int', []],
    ['request == request', ['request']],
  ])('%s', (text, references) => {
    expect(compile(text).references).toEqual(references);
  });

  it('is also there as keys', () => {
    expect(compile('request.headers["x-tenant"]').paths).toEqual([['request', 'headers', 'x-tenant']]);
  });
});

describe('an evaluation that fails', () => {
  it.each<[string, string, string]>([
    ['request.headers["x-canary"] == "1"', 'missing', '1:16 there is no request.headers["x-canary"]'],
    ['true &&\n claims.plan == "a"', 'missing', '2:9 there is no claims.plan'],
    ['claims.sub.level', 'wrong', '1:12 string has no fields, so no level'],
    ['scopes[7]', 'missing', '1:7 there is no 7'],
    ['claims.sub + 1', 'wrong', '1:12 + does not take (string, int)'],
    ['response.status / 0', 'wrong', '1:17 division by zero'],
    ['response.status * 9223372036854775807', 'wrong', '1:17 the result is larger than its type can be'],
    ['int(claims.sub)', 'wrong', '1:1 the text cannot be read as int'],
    ['timestamp(claims.sub)', 'wrong', '1:1 "u1" is no timestamp'],
    ['claims.sub.matches("(" + claims.sub)', 'wrong', '1:12 the pattern is wrong'],
    ['claims.level ? 1 : 2', 'wrong', '1:14 ?: does not take double'],
    ['claims.sub && true', 'wrong', '1:12 && does not take string'],
    ['claims.level.exists(x, true)', 'wrong', '1:14 exists() does not take double'],
  ])('%s', (text, reason, shown) => {
    const error = compile(text).evaluate(VALUES);
    expect(error).toMatchObject({ reason });
    expect(String(error)).toContain(shown);
  });

  it('tells when the type that nobody knew is another one', () => {
    const admin = compile('claims.sub', { result: BOOL });
    expect(String(admin.evaluate(VALUES))).toBe('1:8 this gives string, bool is expected here');
    expect(admin.evaluate({ claims: { sub: true } })).toBe(true);
  });

  it('tells what a value or a function of its place throws', () => {
    const values = {
      get claims(): never {
        throw new RangeError('no claims yet');
      },
    };
    expect(String(compile('claims.sub == "a"').evaluate(values))).toContain('no claims yet');
    const broken = declareFunction('broken', ['-> bool'], () => {
      throw new Error('broken indeed');
    });
    expect(String(compile('broken()', { functions: [broken] }).evaluate({}))).toContain('broken indeed');
  });

  it('tells values that are not what was declared, or not there', () => {
    expect(String(compile('response.status > 1').evaluate({ response: { status: 1.5 } }))).toContain('1.5 is no int');
    expect(String(compile('request.path').evaluate({}))).toContain('there is no request');
    expect(String(compile('request.path.startsWith("/")').evaluate({ request: { path: 7 } }))).toContain(
      'startsWith does not take (double, string)',
    );
  });
});
