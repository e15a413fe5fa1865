import * as turns from '../../../gateway/own-turns';
import { newFlight } from '../../fixtures/flight';
import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson, type Script } from '../../fixtures/scripted-server';

const ROWS = 5_000;
const SDL = adapterSdl(`
  type Query {
    rows: [Row] @connect(source: "api", http: { GET: "/rows" }, selection: "id name label: n->toString")
    within: [Row] @connect(source: "api", http: { GET: "/within" }, selection: "$.data.rows { id name label: n->toString }")
    named: Page @connect(source: "api", http: { GET: "/within" }, selection: "rows: data.rows { id name label: n->toString }")
  }
  type Page { rows: [Row] }
  type Row @key(fields: "id")
    @connect(source: "api", http: { POST: "/more", body: "ids: $batch.id" }, batch: { maxSize: 2500 }, selection: "id more") {
    id: ID! name: String label: String more: Int }
`);

const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: n, n, name: n % 3 === 0 ? null : `row ${n}` }));

const serving =
  (count: number): Script =>
  (request, response, socket) => {
    if (request.method === 'GET' && request.url.endsWith('rows'))
      return answerJson(rows(count))(request, response, socket);
    if (request.method === 'GET') return answerJson({ data: { rows: rows(count) } })(request, response, socket);
    const { ids } = JSON.parse(request.body);
    return answerJson(ids.map((id: string) => ({ id, more: Number(id) + 1 })))(request, response, socket);
  };

describe('a list of many rows', () => {
  let adapter: RestAdapter | undefined;
  afterEach(async () => {
    jest.restoreAllMocks();
    await adapter?.close();
    adapter = undefined;
  });

  async function ask(operation: string, count = ROWS) {
    adapter = await startRestAdapter(SDL, serving(count));
    const pieces = jest.spyOn(turns, 'pieceTurn');
    const { data, errors } = await adapter.ask(operation);
    return { data, errors, pieces: pieces.mock.calls.length };
  }

  it.each([
    ['at the top', '{ rows { id name label } }', 'rows'],
    ['within the answer', '{ within { id name label } }', 'within'],
  ])('is mapped and completed in turns of the loop, %s', async (_where, operation, field) => {
    const { data, errors, pieces } = await ask(operation);
    expect(errors).toEqual([]);
    expect(data?.[field]).toEqual(rows(ROWS).map(({ id, n, name }) => ({ id: `${id}`, name, label: `${n}` })));
    expect(pieces).toBeGreaterThanOrEqual(2 * (ROWS / 500) - 2);
  });

  it('is completed in turns of the loop where the mapping gives it a name', async () => {
    const { data, pieces } = await ask('{ named { rows { id } } }');
    expect(data?.named).toEqual({ rows: rows(ROWS).map(({ id }) => ({ id: `${id}` })) });
    expect(pieces).toBeGreaterThanOrEqual(ROWS / 500 - 1);
  });

  it('has its lookups together all the same', async () => {
    const { data, errors, pieces } = await ask('{ rows { more } }');
    expect(errors).toEqual([]);
    expect(data?.rows).toEqual(rows(ROWS).map(({ n }) => ({ more: n + 1 })));
    expect(adapter?.sent()).toEqual(['GET /v1/rows', 'POST /v1/more', 'POST /v1/more']);
    expect(pieces).toBeGreaterThanOrEqual(3 * (ROWS / 500) - 3);
  });

  it('takes no turn when it is short', async () => {
    const { data, pieces } = await ask('{ rows { id more } }', 200);
    expect(data?.rows).toHaveLength(200);
    expect(pieces).toBe(0);
  });

  it('is given up when nobody waits any more', async () => {
    adapter = await startRestAdapter(SDL, serving(ROWS));
    const flight = newFlight();
    const real = turns.pieceTurn;
    let left = 3;
    jest.spyOn(turns, 'pieceTurn').mockImplementation(() => {
      left -= 1;
      if (left === 0) flight.cancel(Object.assign(new Error('gone'), { code: 'REQUEST_CANCELLED' }) as never);
      return real();
    });
    await adapter.ask('{ rows { id } }', {}, flight).catch(() => null);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(left).toBeGreaterThan(-5);
  });
});
