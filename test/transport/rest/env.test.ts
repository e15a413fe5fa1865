import { readConnectorsFromSdl } from '../../../gateway/transport/rest/connectors';
import { checkEnv } from '../../../gateway/transport/rest/validate/check-env';
import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson } from '../../fixtures/scripted-server';

const SECRET = 'hunter2';
const ENV = { GIVEN: 'open', TOKEN: SECRET };
const me = (connect: string) =>
  adapterSdl(`type Query { me: User @connect(source: "api", ${connect}) } type User { id: ID name: String }`, '');

let adapter: RestAdapter | undefined;
afterEach(async () => {
  await adapter?.close();
  adapter = undefined;
});

const start = async (sdl: string, given: readonly string[]) => {
  adapter = await startRestAdapter(sdl, answerJson({ id: 1 }), {
    settings: { env: ENV },
    subgraph: { env: { api: given } },
  });
  return adapter;
};

describe('environment variables of a mapping', () => {
  const SENT = me('http: { GET: "/me", queryParams: "a: $env.GIVEN b: $env.TOKEN" }, selection: "id name"');

  it('are sent when the operator gave them to the source', async () => {
    const { ask, sent } = await start(SENT, ['GIVEN']);
    await ask('{ me { id } }');
    expect(sent()).toEqual(['GET /v1/me?a=open']);
  });

  it.each([
    ['with a name that hides the variable', '{ a: $request.headers->as($env)->echo(1) b: $env.TOKEN }'],
    ['as a whole', '{ b: $({ x: $env })->jsonStringify }'],
    ['by its entries', '{ b: $($env->entries)->jsonStringify }'],
  ])('are not sent otherwise, %s', async (_how, body) => {
    const sdl = me(`http: { POST: "/me", body: ${JSON.stringify(`x: 1 ${body.slice(1, -1)}`)} }, selection: "id name"`);
    const refused = thrownBy(() => readConnectorsFromSdl(sdl, 'users'));
    if (refused !== null) return expect(refused).toMatchObject({ code: 'CONNECT_INVALID' });
    const { ask, service } = await start(sdl, []);
    await ask('{ me { id } }');
    expect(service.received).toHaveLength(1);
    expect(JSON.stringify(service.received.map((one) => one.body))).not.toContain(SECRET);
  });

  it('are refused by name, source and place when they were not given', () => {
    const connectors = readConnectorsFromSdl(SENT, 'users');
    expect(() => checkEnv(connectors, { api: ['GIVEN', 'TOKEN'] })).not.toThrow();
    const refused = expect.objectContaining({
      code: 'CONNECT_INVALID',
      message: expect.stringContaining('subgraphs.users.sources.api.env'),
      details: {
        subgraph: 'users',
        problems: [
          expect.objectContaining({ code: 'ENV_NOT_ALLOWED', coordinate: 'Query.me', line: expect.any(Number) }),
        ],
      },
    });
    for (const given of [{ api: ['GIVEN'] }, { api: ['GIVEN', 'token'] }, { api: ['GIVEN'], other: ['TOKEN'] }])
      expect(thrownBy(() => checkEnv(connectors, given))).toEqual(refused);
    expect(thrownBy(() => checkEnv(connectors))).toMatchObject({ code: 'CONNECT_INVALID' });
  });

  it.each([
    ['a selection', 'http: { GET: "/me" }, selection: "id name: $env.GIVEN"'],
    ['a message', 'http: { GET: "/me" }, selection: "id name", errors: { message: "$env.GIVEN" }'],
    ['extensions', 'http: { GET: "/me" }, selection: "id name", errors: { extensions: "x: $env.GIVEN" }'],
  ])('never stand in %s', (_where, connect) => {
    expect(thrownBy(() => readConnectorsFromSdl(me(connect), 'users'))).toMatchObject({
      code: 'CONNECT_INVALID',
      details: { problems: [{ code: 'VARIABLE_NOT_AVAILABLE', message: expect.stringContaining('never shown') }] },
    });
  });
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}
