import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type Script, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])';
const CATALOG = `${FEDERATION}
scalar JSON
scalar Long
input In { json: JSON longs: [Long!] id: ID float: Float inner: In }
type Query {
  json: JSON longs: [Long] float: Float int: Int id: ID ids: [[ID!]!] string: String boolean: Boolean
  posts: [Post!] post(id: ID): Post
  echo(json: JSON, long: Long, longs: [Long], id: ID, float: Float, int: Int, in: In, ins: [In!]): JSON
}
type Mutation { set(json: JSON, in: In): JSON }
type Post @key(fields: "id") { id: ID! serial: Long title: String }`;
const REVIEWS = `${FEDERATION}
scalar Long
type Post @key(fields: "id") { id: ID! text: String serial: Long @external score: Float @requires(fields: "serial") }`;
const PLUGIN = 'module.exports = { requestDidStart: async () => ({ willSendResponse: async () => undefined }) };';

const raw =
  (text: string): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  };

/** Numbers are written by hand everywhere in here: a test that parses JSON would not see them change. */
describe('numbers that a double cannot hold', () => {
  const directory = temporaryDirectories();
  let catalog: ScriptedServer;
  let reviews: ScriptedServer;
  let direct: HeadgateProcess;
  let throughApollo: HeadgateProcess;

  beforeAll(async () => {
    [catalog, reviews] = await Promise.all([startScriptedServer(raw('{}')), startScriptedServer(raw('{}'))]);
    const start = (apollo: string) => {
      const folder = directory();
      writeFileSync(join(folder, 'plugin.cjs'), PLUGIN);
      writeFileSync(join(folder, 'catalog.graphql'), CATALOG);
      writeFileSync(join(folder, 'reviews.graphql'), REVIEWS);
      writeFileSync(
        join(folder, 'headgate.yaml'),
        `server: { listen: "127.0.0.1:0" }
error_masking: { all: { redact: false } }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs:
  catalog: { schema: { file: ./catalog.graphql }, url: "${catalog.url}" }
  reviews: { schema: { file: ./reviews.graphql }, url: "${reviews.url}" }
${apollo}
`,
      );
      return startHeadgate(['serve'], { cwd: folder });
    };
    [direct, throughApollo] = await Promise.all([start(''), start('apollo: { plugins: [ ./plugin.cjs ] }')]);
  });
  afterAll(() => Promise.all([catalog.kill(), reviews.kill()]));

  async function post({ graphql }: HeadgateProcess, body: string): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    return await (await fetch(graphql, { method: 'POST', headers, body })).text();
  }

  /** The answers to a request: the long way, the short one, the one that remembers, several at once, and with a plugin. */
  async function answers(body: string): Promise<readonly string[]> {
    const one = [await post(direct, body), await post(direct, body), await post(direct, body)];
    const atOnce = await Promise.all([post(direct, body), post(direct, body)]);
    const others = [await post(throughApollo, body), await post(throughApollo, body)];
    return [...new Set([...one, ...atOnce, ...others])];
  }

  const query = (text: string, variables = '') =>
    `{"query":${JSON.stringify(text)}${variables === '' ? '' : `,"variables":${variables}`}}`;
  const answerTo = async (text: string, variables?: string) =>
    (await answers(query(text, variables))).map((one) => one.trimEnd());

  /** What a subgraph received as variables since the last time, each text once. */
  function variablesOf(server: ScriptedServer, marker: string): readonly string[] {
    const bodies = server.received.map(({ body }) => body).filter((body) => body.includes(marker));
    return [...new Set(bodies.map((body) => body.slice(body.indexOf('"variables":') + '"variables":'.length, -1)))];
  }

  describe('in an answer', () => {
    it.each([
      ['json', '9007199254740993', '9007199254740993'],
      ['json', '-9223372036854775808', '-9223372036854775808'],
      ['json', '1.000000000000000000001', '1.000000000000000000001'],
      [
        'json',
        '{"a":[1E400,{"b":-1e-400}],"c":18446744073709551615}',
        '{"a":[1E400,{"b":-1e-400}],"c":18446744073709551615}',
      ],
      ['json', '{"__proto__":12345678901234567890,"a":12345678901234567890}', '{"a":12345678901234567890}'],
      ['json', '"12345678901234567890"', '"12345678901234567890"'],
      ['json', '1000000000000000000000000', '1000000000000000000000000'],
      ['json', '[0.1,1e3,1.50,0.30000000000000004]', '[0.1,1000,1.5,0.30000000000000004]'],
      ['longs', '[1,9223372036854775807,null]', '[1,9223372036854775807,null]'],
      ['float', '0.1234567890123456789', '0.1234567890123456789'],
      ['id', '1234567890123456789', '"1234567890123456789"'],
      ['id', '1.2345678901234567890E19', '"12345678901234567890"'],
      ['ids', '[[1234567890123456781,"1234567890123456782"]]', '[["1234567890123456781","1234567890123456782"]]'],
    ])('of %s as %s is %s', async (field, sent, expected) => {
      catalog.script = raw(`{"data":{"${field}":${sent}}}`);
      expect(await answerTo(`{ ${field} }`)).toEqual([`{"data":{"${field}":${expected}}}`]);
    });

    it.each([
      ['int', '12345678901234567890'],
      ['int', '1E400'],
      ['float', '1E400'],
      ['id', '1.000000000000000000001'],
      ['string', '12345678901234567890'],
      ['boolean', '12345678901234567890'],
      ['posts', '12345678901234567890'],
      ['post', '12345678901234567890'],
    ])('of %s as %s is an error', async (field, sent) => {
      catalog.script = raw(`{"data":{"${field}":${sent}}}`);
      const selection = field.startsWith('post') ? `${field} { title }` : field;
      const [answer = '', ...others] = await answerTo(`{ ${selection} }`);
      expect(others).toEqual([]);
      expect(JSON.parse(answer)).toMatchObject({
        data: { [field]: null },
        errors: [{ path: [field], extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } }],
      });
    });

    it('stays in the extensions of an error', async () => {
      catalog.script = raw(
        '{"data":{"json":null},"errors":[{"message":"no","path":["json"],"extensions":{"n":[12345678901234567890]}}]}',
      );
      const [answer, ...others] = await answerTo('{ json }');
      expect(others).toEqual([]);
      expect(answer).toContain('"n":[12345678901234567890]');
    });

    it('stays in the answer of a mutation', async () => {
      catalog.script = raw('{"data":{"set":[12345678901234567890]}}');
      expect(await answerTo('mutation { set }')).toEqual(['{"data":{"set":[12345678901234567890]}}']);
    });

    it('stays beside introspection', async () => {
      catalog.script = raw('{"data":{"json":12345678901234567890}}');
      expect(await answerTo('{ __schema { queryType { name } } json }')).toEqual([
        '{"data":{"__schema":{"queryType":{"name":"Query"}},"json":12345678901234567890}}',
      ]);
    });

    it('stays in an answer that is too large for one turn of the loop', async () => {
      const rows = Array.from(
        { length: 20_000 },
        (_, index) => `{"n":${1_000 + index}0000000000001,"text":"a few more bytes"}`,
      );
      catalog.script = raw(`{"data":{"json":[${rows.join()}]}}`);
      const [answer = '', ...others] = await answerTo('{ __schema { queryType { name } } json }');
      expect(others).toEqual([]);
      expect(answer === `{"data":{"__schema":{"queryType":{"name":"Query"}},"json":[${rows.join()}]}}`).toBe(true);
    });

    it('is changed when the subgraph changes it by one', async () => {
      catalog.script = raw('{"data":{"json":12345678901234567890}}');
      expect(await answerTo('{ json json }')).toEqual(['{"data":{"json":12345678901234567890}}']);
      catalog.script = raw('{"data":{"json":12345678901234567891}}');
      expect(await answerTo('{ json json }')).toEqual(['{"data":{"json":12345678901234567891}}']);
    });
  });

  it('tell entities apart, and reach the subgraph that has them as they came', async () => {
    catalog.script = raw(
      '{"data":{"posts":[{"__typename":"Post","id":1234567890123456781,"serial":1.000000000000000000001},{"__typename":"Post","id":1234567890123456782,"serial":9007199254740993},{"__typename":"Post","id":1234567890123456781,"serial":1.000000000000000000001}]}}',
    );
    reviews.script = raw('{"data":{"_entities":[{"text":"one","score":1},{"text":"two","score":2}]}}');
    expect(await answerTo('{ posts { id text score } }')).toEqual([
      '{"data":{"posts":[{"id":"1234567890123456781","text":"one","score":1},{"id":"1234567890123456782","text":"two","score":2},{"id":"1234567890123456781","text":"one","score":1}]}}',
    ]);
    expect(variablesOf(reviews, 'score')).toEqual([
      '{"representations":[{"__typename":"Post","id":1234567890123456781,"serial":1.000000000000000000001},{"__typename":"Post","id":1234567890123456782,"serial":9007199254740993}]}',
    ]);
  });

  it('tell entities apart that have nothing but their keys', async () => {
    catalog.script = raw(
      '{"data":{"posts":[{"__typename":"Post","id":1234567890123456781},{"__typename":"Post","id":1234567890123456782}]}}',
    );
    reviews.script = raw('{"data":{"_entities":[{"text":"one"},{"text":"two"}]}}');
    expect(await answerTo('{ posts { text } }')).toEqual(['{"data":{"posts":[{"text":"one"},{"text":"two"}]}}']);
  });

  describe('in variables', () => {
    const LONG = '1234567890123456789';

    it.each([
      ['$v: JSON', 'json', `{"a":[${LONG},1E400,{"b":1.000000000000000000001}]}`],
      ['$v: JSON!', 'json', LONG],
      ['$v: Long', 'long', '9223372036854775807'],
      ['$v: [Long]', 'longs', `[1,${LONG},null]`],
      ['$v: Float', 'float', '0.1234567890123456789'],
      ['$v: In', 'in', `{"json":[${LONG}],"longs":[${LONG}],"float":0.1234567890123456789,"inner":{"json":1e400}}`],
      ['$v: [In!]', 'ins', `[{"json":${LONG}},{"json":2}]`],
    ])('%s of %s arrives as it was sent', async (declaration, argument, value) => {
      catalog.script = raw('{"data":{"echo":1}}');
      const text = `query (${declaration}) { echo(${argument}: $v) ${argument}: __typename }`;
      expect(await answerTo(text, `{"v":${value}}`)).toEqual([`{"data":{"echo":1,"${argument}":"Query"}}`]);
      expect(variablesOf(catalog, `$v:${declaration.slice(4)}`)).toContain(`{"v":${value}}`);
    });

    it.each([
      ['$v: ID', 'id', LONG, `"${LONG}"`],
      ['$v: ID!', 'id', '1e25', '"10000000000000000000000000"'],
      ['$v: [Long]', 'longs', LONG, `[${LONG}]`],
      ['$v: In', 'in', `{"id":${LONG},"longs":${LONG}}`, `{"longs":[${LONG}],"id":"${LONG}"}`],
    ])('%s of %s is coerced: %s', async (declaration, argument, value, expected) => {
      catalog.script = raw('{"data":{"echo":1}}');
      const text = `query Coerced(${declaration}) { echo(${argument}: $v) }`;
      expect(await answerTo(text, `{"v":${value}}`)).toEqual(['{"data":{"echo":1}}']);
      expect(variablesOf(catalog, 'query Coerced')).toContain(`{"v":${expected}}`);
    });

    it.each([
      ['$v: Int', 'int', '12345678901234567890'],
      ['$v: Int', 'int', '1.000000000000000000001'],
      ['$v: ID', 'id', '1.000000000000000000001'],
      ['$v: ID', 'id', '1.5'],
      ['$v: Float', 'float', '1E400'],
      ['$v: In', 'in', '12345678901234567890'],
      ['$v: In', 'in', '{"inner":12345678901234567890}'],
      ['$v: [In!]', 'ins', '[12345678901234567890]'],
    ])('%s of %s refuses %s', async (declaration, argument, value) => {
      const queries = () => catalog.received.filter(({ body }) => body.includes('echo(')).length;
      const asked = queries();
      const [answer = '', ...others] = await answerTo(
        `query (${declaration}) { echo(${argument}: $v) }`,
        `{"v":${value}}`,
      );
      expect(others).toEqual([]);
      expect(JSON.parse(answer)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
      expect(answer).toMatch(/^\{"errors":\[\{"message":"Variable/);
      expect(queries()).toBe(asked);
    });

    it('of a query string arrive as they were sent', async () => {
      catalog.script = raw('{"data":{"echo":1}}');
      const parameters = new URLSearchParams({
        query: 'query InTheUrl($v: JSON, $id: ID) { echo(json: $v, id: $id) }',
        variables: `{"v":[${LONG}],"id":${LONG}}`,
      });
      for (const { graphql } of [direct, direct, throughApollo, throughApollo]) {
        const response = await fetch(`${graphql}?${parameters}`, { headers: { 'apollo-require-preflight': 'true' } });
        expect(await response.text()).toBe('{"data":{"echo":1}}\n');
      }
      expect(variablesOf(catalog, 'query InTheUrl')).toEqual([`{"v":[${LONG}],"id":"${LONG}"}`]);
    });

    it('that differ in the last digit are two requests', async () => {
      catalog.script = (request, response, socket) => {
        const [, digits = 'none'] = /"variables":\{"v":(\d+)\}/.exec(request.body) ?? [];
        raw(`{"data":{"echo":${digits}}}`)(request, response, socket);
      };
      const body = (value: string) => query('query ($v: Long) { echo(long: $v) }', `{"v":${value}}`);
      await post(direct, body('1'));
      const values = ['1234567890123456781', '1234567890123456782'];
      expect(await Promise.all(values.map((value) => post(direct, body(value))))).toEqual(
        values.map((value) => `{"data":{"echo":${value}}}\n`),
      );
    });

    it.each([
      ['$v: Long = 1234567890123456789', 'long', LONG],
      ['$v: JSON = { a: [1234567890123456789, 1E400, FOO] }', 'json', `{"a":[${LONG},1E400,"FOO"]}`],
      ['$v: Float = 0.1234567890123456789', 'float', '0.1234567890123456789'],
      ['$v: ID = 1234567890123456789', 'id', `"${LONG}"`],
      ['$v: [Long] = 1234567890123456789', 'longs', `[${LONG}]`],
      [
        '$v: In = { longs: [1234567890123456789], inner: { float: 1 } }',
        'in',
        `{"longs":[${LONG}],"inner":{"float":1}}`,
      ],
    ])('have defaults: %s', async (declaration, argument, expected) => {
      catalog.script = raw('{"data":{"echo":1}}');
      const name = `Default_${argument}`;
      expect(await answerTo(`query ${name}(${declaration}) { echo(${argument}: $v) }`)).toEqual([
        '{"data":{"echo":1}}',
      ]);
      expect(variablesOf(catalog, `query ${name}`)).toEqual([`{"v":${expected}}`]);
    });
  });

  describe('in literals', () => {
    it.each([
      ['json: 1234567890123456789'],
      ['json: {a:[1234567890123456789 1E400 1.0 -0]b:{c:FOO}}'],
      ['long: 9223372036854775807'],
      ['longs: [1 1234567890123456789]'],
      ['float: 0.1234567890123456789'],
      ['float: 1.50'],
      ['id: 1234567890123456789'],
      ['in: {json:[1234567890123456789]inner:{longs:[9007199254740993]}}'],
    ])('%s reaches the subgraph as it was written', async (argument) => {
      catalog.script = raw('{"data":{"echo":1}}');
      const name = `Literal${argument.replaceAll(/\W/g, '')}`;
      expect(await answerTo(`query ${name} { echo(${argument}) }`)).toEqual(['{"data":{"echo":1}}']);
      const written = argument.replace(': ', ':');
      expect(catalog.received.map(({ body }) => JSON.parse(body).query).find((text) => text.includes(name))).toBe(
        `query ${name}__catalog__0{echo(${written})}`,
      );
    });

    it('stand beside variables, are merged when they are equal, and told apart when not', async () => {
      catalog.script = raw('{"data":{"echo":1,"b":2}}');
      const text = `query Merged($v: JSON) {
        ...A echo(json: {b: FOO, a: [1.0, $v, 1234567890123456789]})
        b: echo(json: {b: BAR, a: [1.00, $v, 1234567890123456788]})
      } fragment A on Query { echo(json: {b: FOO, a: [1.0, $v, 1234567890123456789]}) }`;
      expect(await answerTo(text, '{"v":12345678901234567890}')).toEqual(['{"data":{"echo":1,"b":2}}']);
      expect(variablesOf(catalog, 'query Merged')).toEqual(['{"v":12345678901234567890}']);
      expect(catalog.received.map(({ body }) => JSON.parse(body).query).find((one) => one.includes('Merged'))).toBe(
        'query Merged__catalog__0($v:JSON){echo(json:{b:FOO a:[1.0$v 1234567890123456789]})b:echo(json:{b:BAR a:[1.00$v 1234567890123456788]})}',
      );
    });
  });

  it('reach the subgraph in a mutation', async () => {
    catalog.script = raw('{"data":{"set":1}}');
    const text = 'mutation Set($v: In) { set(json: [1.0, 1234567890123456789], in: $v) }';
    expect(await answerTo(text, '{"v":{"json":1E400}}')).toEqual(['{"data":{"set":1}}']);
    expect(variablesOf(catalog, 'mutation Set')).toEqual(['{"v":{"json":1E400}}']);
    expect(catalog.received.some(({ body }) => body.includes('set(json:[1.0 1234567890123456789]in:$v)'))).toBe(true);
  });
});
