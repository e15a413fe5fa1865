import type { Flight } from '../../../gateway/flight';
import { answersUnderWay, releaseFor } from '../../../gateway/under-way';
import { newFlight } from '../../fixtures/flight';
import { adapterSdl, type RestAdapter, type RestAdapterOptions, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson, type ReceivedRequest } from '../../fixtures/scripted-server';

const SDL = adapterSdl(`
  type Query {
    a(id: ID): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id name")
    b(id: ID): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id")
    mine: User @connect(source: "api", http: { GET: "/mine", headers: [{ name: "x-user", from: "x-user" }] }, selection: "id name")
    search: User @connect(source: "api", http: { POST: "/search", body: "a: $(1)" }, selection: "id name")
  }
  type Mutation { set: User @connect(source: "api", http: { PUT: "/set" }, selection: "id") }
  type User { id: ID name: String friend: User @connect(source: "api", http: { GET: "/users/1" }, selection: "id") }
`);

const PROPAGATE = { kind: 'propagate', named: 'x-user', rename: null, default: null } as const;

/** An adapter over a service whose answers wait for the test. */
describe('equal reads of several operations', () => {
  let adapter: RestAdapter;
  let held: { readonly url: string; readonly answer: () => void; readonly fail: () => void }[];
  let onArrival: () => void;
  afterEach(() => adapter.close());

  async function start(
    subgraph: RestAdapterOptions['subgraph'] = {},
    body: (request: ReceivedRequest) => object = () => ({}),
  ): Promise<void> {
    held = [];
    onArrival = () => {};
    adapter = await startRestAdapter(
      SDL,
      (request, response, socket) => {
        const answer = () =>
          answerJson({ id: 1, name: request.headers['x-user'] ?? 'Ann', ...body(request) })(request, response, socket);
        held.push({ url: request.url, answer, fail: () => answerJson({}, 403)(request, response, socket) });
        onArrival();
      },
      { subgraph },
    );
  }

  async function arrivals(count: number): Promise<void> {
    while (held.length < count) await new Promise<void>((resolve) => (onArrival = resolve));
  }

  const answerAll = () => {
    for (const one of held.splice(0)) one.answer();
  };

  /** Asked while the others wait. */
  const ask = (operation: string, flight?: Flight) => adapter.ask(operation, {}, flight);

  it('are one request', async () => {
    await start();
    const flights = [newFlight(), newFlight()];
    const first = ask('{ a(id: 1) { id name } }', flights[0]);
    await arrivals(1);
    const second = ask('{ b(id: 1) { id } }', flights[1]);
    const other = ask('{ a(id: 2) { id } }');
    await arrivals(2);
    answerAll();
    expect((await first).data).toEqual({ a: { id: '1', name: 'Ann' } });
    expect((await second).data).toEqual({ b: { id: '1' } });
    await other;
    expect(adapter.sent()).toEqual(['GET /v1/users/1', 'GET /v1/users/2']);
    expect(flights.map(({ calls }) => calls.map(({ isShared, status }) => [isShared, status]))).toEqual([
      [[false, 200]],
      [[true, 200]],
    ]);
  });

  it('are one request also when it fails', async () => {
    await start();
    const first = ask('{ a(id: 1) { id } }');
    await arrivals(1);
    const second = ask('{ b(id: 1) { id } }');
    await new Promise((resolve) => setImmediate(resolve));
    held[0]?.fail();
    for (const { errors } of await Promise.all([first, second])) expect(errors[0]?.extensions?.code).toBe('FORBIDDEN');
    expect(adapter.sent()).toHaveLength(1);
  });

  it('wait on when the one that asked first goes away', async () => {
    await start();
    const flight = newFlight();
    const first = ask('{ a(id: 1) { id } }', flight).catch(() => null);
    await arrivals(1);
    const second = ask('{ b(id: 1) { id } }');
    await new Promise((resolve) => setImmediate(resolve));
    flight.cancel(new Error('gone') as never);
    held[0]?.answer();
    expect((await second).data).toEqual({ b: { id: '1' } });
    await first;
    expect(adapter.sent()).toHaveLength(1);
  });

  it('let go of the bytes of a large answer', async () => {
    await start({}, () => ({ more: 'x'.repeat(200_000) }));
    const flights = [newFlight(), newFlight(), newFlight()];
    const first = ask('{ a(id: 1) { id } }', flights[0]);
    await arrivals(1);
    const others = [ask('{ b(id: 1) { id } }', flights[1]), ask('{ x: b(id: 1) { id } }', flights[2])];
    await new Promise((resolve) => setImmediate(resolve));
    answerAll();
    await Promise.all([first, ...others]);
    expect(answersUnderWay.taken).toBeGreaterThan(200_000);
    for (const flight of flights) releaseFor(flight);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(adapter.sent()).toHaveLength(1);
    expect(answersUnderWay.taken).toBe(0);
  });

  it.each<[string, RestAdapterOptions['subgraph'], string, string]>([
    ['that differ in a header', { requestHeaders: [PROPAGATE] }, '{ mine { name } }', '{ x: mine { name } }'],
    ['by POST', {}, '{ search { id } }', '{ x: search { id } }'],
    ['in a mutation', {}, 'mutation { set { id friend { id } } }', '{ a(id: 1) { id } }'],
    [
      'whose headers go to clients',
      { responseHeaders: [{ named: 'x-a', algorithm: 'last' }] },
      '{ a(id: 1) { id } }',
      '{ b(id: 1) { id } }',
    ],
    ['that are not to be shared', { deduplicate: false }, '{ a(id: 1) { id } }', '{ b(id: 1) { id } }'],
  ])('are a request each %s', async (_what, subgraph, one, other) => {
    await start(subgraph);
    const first = ask(one, newFlight({ headers: { 'x-user': 'Ann' } }));
    await arrivals(1);
    const isMutation = one.startsWith('mutation');
    if (isMutation) {
      held.shift()?.answer();
      await arrivals(1);
    }
    const second = ask(other, newFlight({ headers: { 'x-user': 'Bob' } }));
    await arrivals(2);
    answerAll();
    const [a, b] = await Promise.all([first, second]);
    expect([a.errors, b.errors]).toEqual([[], []]);
    if (subgraph?.requestHeaders !== undefined)
      expect([a.data, b.data]).toEqual([{ mine: { name: 'Ann' } }, { x: { name: 'Bob' } }]);
  });

  it('by POST are one request where POST is known to be safe', async () => {
    await start({ sources: { api: { safePosts: true } } });
    const first = ask('{ search { id } }');
    await arrivals(1);
    const second = ask('{ x: search { id } }');
    await new Promise((resolve) => setImmediate(resolve));
    answerAll();
    await Promise.all([first, second]);
    expect(adapter.sent()).toHaveLength(1);
  });
});
