import { readConnectorsFromSdl } from '../../../gateway/transport/rest/connectors';
import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson } from '../../fixtures/scripted-server';

const connect = (path: string, method = 'GET') =>
  `@connect(source: "api", http: { ${method}: "${path}" }, selection: "id name")`;
const SDL = adapterSdl(`
  type Query {
    user: User ${connect('/first')} ${connect('/second')} ${connect('/third')}
    list: [Item] @connect(source: "api", http: { GET: "/list" }, selection: "id")
  }
  type User { id: ID name: String }
  type Item {
    id: ID
    a: Int
    detail: User ${connect('/a/{$this.id}')} ${connect('/b/{$this.id}')}
  }`).replace('    a: Int\n', '');

describe('several connectors of one field', () => {
  let adapter: RestAdapter | undefined;
  afterEach(async () => {
    await adapter?.close();
    adapter = undefined;
  });

  /** @param rows by path: a number is a status */
  async function ask(rows: Readonly<Record<string, unknown>>, operation = '{ user { id name } }') {
    adapter = await startRestAdapter(SDL, (request, response, socket) => {
      const found = rows[request.url.slice(3)] ?? null;
      return answerJson(found, typeof found === 'number' ? found : 200)(request, response, socket);
    });
    const { data, errors } = await adapter.ask(operation);
    return { data, codes: errors.map(({ extensions }) => extensions?.code), sent: adapter.sent() };
  }

  it('are asked until one has something', async () => {
    expect(await ask({ '/first': { id: 1, name: 'Ann' } })).toEqual({
      data: { user: { id: '1', name: 'Ann' } },
      codes: [],
      sent: ['GET /v1/first'],
    });
  });

  it.each([
    ['nothing', null],
    ['404', 404],
  ])('go on where one says %s', async (_what, nothing) => {
    expect(await ask({ '/first': nothing, '/second': { id: 2, name: 'Bob' } })).toEqual({
      data: { user: { id: '2', name: 'Bob' } },
      codes: [],
      sent: ['GET /v1/first', 'GET /v1/second'],
    });
  });

  it('say what the first said when nobody has anything', async () => {
    expect(await ask({ '/first': 404, '/third': null })).toMatchObject({ data: { user: null }, codes: ['NOT_FOUND'] });
    expect(adapter?.sent()).toHaveLength(3);
    await adapter?.close();
    expect(await ask({})).toMatchObject({ data: { user: null }, codes: [] });
  });

  it('do not hide one that fails', async () => {
    expect(await ask({ '/first': 500, '/second': { id: 2 } })).toMatchObject({
      data: { user: null },
      codes: ['UPSTREAM_ERROR'],
      sent: ['GET /v1/first'],
    });
  });

  it('are asked for each object', async () => {
    const rows = { '/list': [{ id: 1 }, { id: 2 }], '/a/1': { id: 1, name: 'a' }, '/b/2': { id: 2, name: 'b' } };
    expect((await ask(rows, '{ list { detail { name } } }')).data).toEqual({
      list: [{ detail: { name: 'a' } }, { detail: { name: 'b' } }],
    });
  });

  it('are refused on a field of the mutation type', () => {
    const text = adapterSdl(`type Query { a: ID @connect(source: "api", http: { GET: "/a" }, selection: "$.id") }
      type Mutation { set: User ${connect('/a', 'POST')} ${connect('/b', 'POST')} } type User { id: ID name: String }`);
    expect(() => readConnectorsFromSdl(text, 'users')).toThrow(/CONNECT_REPEATED Mutation\.set/);
  });
});
