import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAdapterFile } from '../../../gateway/cli/rest/adapter-file';
import { type RestServer, startRestServer } from '../../../gateway/cli/rest/server';
import { loadConfig } from '../../../gateway/config/load';
import { adapterSdl } from '../../fixtures/rest-adapter';
import { type ScriptedServer, startScriptedServer } from '../../fixtures/scripted-server';
import { temporaryDirectories } from '../../fixtures/temporary-directory';

const SDL = adapterSdl(`
  scalar JSON
  input In { json: JSON ratio: Float = 0.1234567890123456789 }
  type Query {
    user(id: ID = 1234567890123456789): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id ratio any int text fixed: $(1.000000000000000000001) sum: any->add(1) same: any->eq($.other) as: any->toString")
    find(json: JSON = 1.000000000000000000001, ratio: Float, in: In): JSON @connect(source: "api", http: { POST: "/find", body: "json: $args.json ratio: $args.ratio in: $args.in" }, selection: "$")
    at(ratio: Float): JSON @connect(source: "api", http: { GET: "/at/{$args.ratio}" }, selection: "$")
  }
  type User { id: ID ratio: Float any: JSON int: Int text: String fixed: Float sum: JSON same: Boolean as: String }
`);

/** A number changes nowhere between a REST service and the client of its adapter. */
describe('numbers that a double cannot hold, of a REST service', () => {
  const directory = temporaryDirectories();
  let body = '';
  let service: ScriptedServer;
  let server: RestServer;

  beforeAll(async () => {
    const folder = directory();
    service = await startScriptedServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
    writeFileSync(join(folder, 'api.graphql'), SDL.replace('127.0.0.1:1', `127.0.0.1:${service.port}`));
    writeFileSync(join(folder, 'headgate.yaml'), 'supergraph: { source: registry }\n');
    const { config } = await loadConfig({ path: join(folder, 'headgate.yaml') });
    const file = await readAdapterFile(join(folder, 'api.graphql'));
    server = await startRestServer(file, config, { host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await server.close();
    await service.kill();
  });

  async function ask(query: string, variables = '{}'): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const sent = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
    return await (await fetch(server.url, { method: 'POST', headers, body: sent })).text();
  }

  it.each([
    ['id', '{"id":175928847299117063}', '"175928847299117063"'],
    [
      'any',
      '{"any":{"a":[9007199254740993,1.000000000000000000001,1E400]}}',
      '{"a":[9007199254740993,1.000000000000000000001,1E400]}',
    ],
    ['ratio', '{"ratio":0.1234567890123456789}', '0.1234567890123456789'],
    ['ratio', '{"ratio":12345678901234567890}', '12345678901234567890'],
    ['text', '{"text":12345678901234567890}', '"12345678901234567890"'],
    ['fixed', '{}', '1.000000000000000000001'],
    ['sum', '{"any":9007199254740993}', '9007199254740994'],
    ['as', '{"any":1.000000000000000000001}', '"1.000000000000000000001"'],
    ['same', '{"any":1.000000000000000000001,"other":1.000000000000000000001}', 'true'],
    ['same', '{"any":1.000000000000000000001,"other":1.000000000000000000002}', 'false'],
  ])('%s of %s is %s', async (field, answer, expected) => {
    body = answer;
    expect(await ask(`{ user { ${field} } }`)).toBe(`{"data":{"user":{"${field}":${expected}}}}\n`);
  });

  it.each([
    ['int', '12345678901234567890'],
    ['int', '1.000000000000000000001'],
    ['id', '1.000000000000000000001'],
    ['ratio', '1E400'],
  ])('%s of %s is an error', async (field, value) => {
    body = `{"${field}":${value}}`;
    expect(JSON.parse(await ask(`{ user { ${field} } }`))).toMatchObject({
      data: { user: { [field]: null } },
      errors: [{ extensions: { code: 'REST_RESPONSE_INVALID' } }],
    });
  });

  it.each([
    ['{ user(id: 1234567890123456781) { id } }', '{}', '/v1/users/1234567890123456781'],
    ['{ user { id } }', '{}', '/v1/users/1234567890123456789'],
    ['query ($v: ID) { user(id: $v) { id } }', '{"v":1234567890123456782}', '/v1/users/1234567890123456782'],
    ['query ($v: Float) { at(ratio: $v) }', '{"v":0.1234567890123456789}', '/v1/at/0.1234567890123456789'],
    ['{ at(ratio: 0.1234567890123456789) }', '{}', '/v1/at/0.1234567890123456789'],
  ])('%s with %s asks for %s', async (query, variables, path) => {
    body = '{}';
    await ask(query, variables);
    expect(service.received.at(-1)?.url).toBe(path);
  });

  it.each([
    [
      '{ find(json: [1234567890123456789, { a: 1E400 }], ratio: 12345678901234567890, in: {}) }',
      '{}',
      '{"json":[1234567890123456789,{"a":1E400}],"ratio":12345678901234567890,"in":{"ratio":0.1234567890123456789}}',
    ],
    [
      'query ($j: JSON, $i: In) { find(json: [$j], in: $i) }',
      '{"j":1234567890123456789,"i":{"json":1E400}}',
      '{"json":[1234567890123456789],"in":{"json":1E400,"ratio":0.1234567890123456789}}',
    ],
    ['{ find }', '{}', '{"json":1.000000000000000000001}'],
  ])('%s with %s sends %s', async (query, variables, sent) => {
    body = '{}';
    await ask(query, variables);
    expect(service.received.at(-1)?.body).toBe(sent);
  });
});
