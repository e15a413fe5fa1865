import { gzipSync } from 'node:zlib';
import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** What the subgraph `bad` sends. */
let body: string | Buffer = '';
let headers: Record<string, string> = {};
let status = 200;

/** Row 16: whatever a subgraph answers, the rest of the data is answered and the process lives. */
describe('a hostile answer', () => {
  let federation: Federation;
  const ask = (query = '{ good item { id label json } }') => federation.ask(query);
  const entity = (text: string) => `{"data":{"_entities":[${text}]}}`;

  beforeAll(async () => {
    federation = await startFederation({
      good: {
        sdl: `${FEDERATION} type Query { good: String item: Item } type Item @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { good: () => 'good', item: () => ({ id: '1' }) } },
      },
      bad: {
        sdl: `${FEDERATION} scalar JSON type Item @key(fields: "id") { id: ID! label: String json: JSON again: Item }`,
        intercept: (_request, response) => {
          response.writeHead(status, { 'content-type': 'application/json', ...headers });
          response.end(body);
          return true;
        },
      },
    });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    headers = {};
    status = 200;
  });

  it.each([
    [
      '100,000 levels',
      () => entity(`${'{"json":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
      'SUBGRAPH_RESPONSE_TOO_LARGE',
    ],
    ['100,000 levels of lists that never end', () => entity('['.repeat(100_000)), 'SUBGRAPH_RESPONSE_TOO_LARGE'],
    ['40 MB', () => entity(`{"label":"${'x'.repeat(40_000_000)}"}`), 'SUBGRAPH_RESPONSE_TOO_LARGE'],
    ['HTML', () => '<!doctype html><title>Bad gateway</title>', 'SUBGRAPH_RESPONSE_INVALID'],
    ['nothing', () => '', 'SUBGRAPH_RESPONSE_INVALID'],
    ['half of it', () => entity('{"label":"x"}').slice(0, -4), 'SUBGRAPH_RESPONSE_INVALID'],
    ['JSON of another kind', () => '"data"', 'SUBGRAPH_RESPONSE_INVALID'],
    ['bytes that are no text', () => Buffer.from([0xff, 0xfe, 0x00, 0x80]), 'SUBGRAPH_RESPONSE_INVALID'],
  ])('of %s is an error for that fetch', async (_what, make, code) => {
    body = make();
    const { data, errors } = await ask();
    expect(data).toEqual({ good: 'good', item: { id: '1', label: null, json: null } });
    expect(errors).toMatchObject([{ path: ['item'], extensions: { code, serviceName: 'bad' } }]);
  });

  it('that unfolds to 200 MB is cut off', async () => {
    headers = { 'content-encoding': 'gzip' };
    body = gzipSync(entity(`{"label":"${'x'.repeat(200_000_000)}"}`));
    expect(body.length).toBeLessThan(1_000_000);
    expect((await ask()).errors).toMatchObject([
      { path: ['item'], extensions: { code: 'SUBGRAPH_RESPONSE_TOO_LARGE' } },
    ]);
  });

  it('with keys of Object.prototype changes nothing', async () => {
    body = entity(
      '{"label":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"json":{"__proto__":{"polluted":1},"toString":1}}',
    );
    const { data, errors } = await ask();
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ item: { id: '1', label: 'x' } });
    expect(Object.hasOwn({}, 'polluted') || 'polluted' in {}).toBe(false);
  });

  it('with keys of Object.prototype in the place of fields is missing them', async () => {
    body = '{"data":{"__proto__":{"_entities":[{"label":"x"}]}}}';
    expect((await ask()).errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_RESPONSE_INVALID' } }]);
    body = entity('{"__proto__":{"label":"x"}}');
    expect((await ask()).data).toMatchObject({ item: { label: null } });
  });

  it('with a typename of its own choosing does not decide what is sent next', async () => {
    body = entity('{"__typename":"__proto__","label":"x","again":{"__typename":"constructor","id":"2"}}');
    const { data } = await ask('{ item { label again { id label } } }');
    expect(data).toMatchObject({ item: { label: 'x' } });
  });

  it('with thousands of errors keeps the answer small', async () => {
    const error = '{"message":"no","path":["_entities",0,"label"]}';
    body = `{"data":{"_entities":[null]},"errors":[${Array(200_000).fill(error).join()}]}`;
    expect((await ask()).errors).toHaveLength(1000);
  });

  it('with an error that is nothing of the kind is answered all the same', async () => {
    body =
      '{"data":{"_entities":[null]},"errors":[null,5,"x",{"message":5},{"path":{"a":1}},{"message":"m","extensions":[1]},[]]}';
    const { errors = [] } = await ask();
    expect(errors).toHaveLength(7);
    expect(errors.every(({ message }) => message.length > 0)).toBe(true);
  });
});
