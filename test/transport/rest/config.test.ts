// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of headgate.yaml look like that
import { loadConfig } from '../../../gateway/config/load';
import type { SubgraphOptions } from '../../../gateway/transport/options';
import { readConnectorsFromSdl } from '../../../gateway/transport/rest/connectors';
import { checkSources } from '../../../gateway/transport/rest/validate/check-sources';
import { configFolders } from '../../fixtures/config-folder';
import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson } from '../../fixtures/scripted-server';

const SECRET = 'hunter2hunter2';

describe('$config', () => {
  const configFolder = configFolders();
  let adapter: RestAdapter | undefined;
  afterEach(async () => {
    await adapter?.close();
    adapter = undefined;
  });

  /** Of the subgraph `users` of a file with this `config` for the source `api`. */
  async function subgraphOf(config: string): Promise<SubgraphOptions> {
    const { write } = configFolder();
    write('key', `${SECRET}\n`);
    const text = `subgraphs: { users: { rest: ./users, sources: { api: { url: "http://127.0.0.1:1", config: ${config} } } } }`;
    const { config: loaded } = await loadConfig({
      path: write('headgate.yaml', text),
      env: { KEY: SECRET, HOST: 'eu' },
    });
    const options = loaded.subgraphs.get('users');
    if (options === undefined) throw new Error('there is no subgraph');
    return options;
  }

  async function start(sdl: string, config: string, status = 200): Promise<RestAdapter> {
    const { sources = {} } = await subgraphOf(config);
    adapter = await startRestAdapter(sdl, answerJson({ id: 1 }, status), { subgraph: { sources } });
    return adapter;
  }

  const asking = (connect: string) =>
    adapterSdl(
      `scalar JSON type Query { me: User @connect(source: "api", ${connect}) } type User { id: ID ${connect.includes('name') ? 'name: JSON' : ''} }`,
    );

  it('has values of any shape for requests', async () => {
    const body = 'all: $config first: $config.list->first key: $config.deep.key';
    const sdl = asking(`http: { POST: "/{$config.region}", body: "${body}" }, selection: "id"`);
    const config = '{ region: eu, list: [ 1, null, true ], deep: { key: "${file.key}", "a b": "x-${env.HOST}" } }';
    const { ask, service } = await start(sdl, config);
    expect((await ask('{ me { id } }')).errors).toEqual([]);
    const [request] = service.received;
    expect(request?.url).toBe('/v1/eu');
    const all = { region: 'eu', list: [1, null, true], deep: { key: SECRET, 'a b': 'x-eu' } };
    expect(JSON.parse(request?.body ?? '')).toEqual({ all, first: 1, key: SECRET });
  });

  it.each([
    ['by name', 'id name: $config.key', ''],
    ['as a whole', 'id name: $config', ''],
    ['within a list', 'id name: $config.deep.list->jsonStringify', ''],
    ['in a message', 'id', 'errors: { message: "$config.key", extensions: "more: $config" }'],
    [
      'by what decides about success',
      'id',
      'isSuccess: "$config.key->eq(\'x\')", errors: { extensions: "more: $config" }',
    ],
  ])('shows nothing that comes from the environment or a file, %s', async (_how, selection, more) => {
    const sdl = asking(`http: { GET: "/{$config.key}" }, selection: "${selection}" ${more}`);
    const config = '{ open: yes-indeed, key: "${env.KEY}", deep: { list: [ "${file.key}", open ] } }';
    const { ask, service } = await start(sdl, config, more === '' ? 200 : 500);
    const answer = JSON.stringify(await ask(`{ me { id ${selection === 'id' ? '' : 'name'} } }`));
    expect(answer).not.toContain(SECRET);
    expect(service.received[0]?.url).toBe(`/v1/${SECRET}`);
  });

  it('shows what stands in the file itself', async () => {
    const sdl = asking('http: { GET: "/" }, selection: "id name: $config"');
    const { ask } = await start(sdl, '{ open: [ here, 1 ], key: "${env.KEY}" }');
    expect((await ask('{ me { name } }')).data).toEqual({ me: { name: { open: ['here', 1] } } });
  });

  it('is that of the source that is asked', async () => {
    const sdl = asking('http: { GET: "/{$config.region}" }, selection: "id"');
    adapter = await startRestAdapter(sdl, answerJson({ id: 1 }), {
      subgraph: { sources: { other: { config: { region: 'us' } }, api: { config: { region: 'eu' } } } },
    });
    await adapter.ask('{ me { id } }');
    expect(adapter.sent()).toEqual(['GET /v1/eu']);
  });

  it.each([
    ['no JSON', '{ a: .inf }', /config\.a: expected a value that JSON has/],
    ['no object', '[ 1 ]', /config/],
    ['an empty name', '{ "": 1 }', /config/],
  ])('is refused when it is %s', async (_what, config, message) => {
    await expect(subgraphOf(config)).rejects.toThrow(message);
  });
});

describe('a source that the adapter does not have', () => {
  const connectors = readConnectorsFromSdl(
    adapterSdl('type Query { a: String @connect(source: "api", http: { GET: "/" }, selection: "$.a") }'),
    'users',
  );

  it('is refused with the nearest name', () => {
    expect(() => checkSources(connectors, ['api'])).not.toThrow();
    expect(() => checkSources(connectors, [])).not.toThrow();
    const wrong = (name: string) => () => checkSources(connectors, ['api', name]);
    expect(wrong('apis')).toThrow(/subgraphs\.users\.sources\.apis.*did you mean api\?/);
    expect(wrong('elsewhere')).toThrow(/its sources are api/);
    expect(wrong('apis')).toThrow(expect.objectContaining({ code: 'CONNECT_INVALID' }));
  });
});
