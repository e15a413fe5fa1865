import { Agent } from 'undici';
import { introspectSubgraph } from '../../gateway/supergraph/introspect';
import { reservedPort } from '../fixtures/reserved-port';
import { type Answer, type SdlServer, sdlAnswer, startSdlServer } from '../fixtures/sdl-server';

const SDL = 'type Query { größe: Int }';

describe('asking a running subgraph for its SDL', () => {
  let agent: Agent;
  let servers: SdlServer[];

  beforeEach(() => {
    agent = new Agent();
    servers = [];
  });

  afterEach(async () => {
    await agent.destroy();
    await Promise.all(servers.map((server) => server.close()));
  });

  async function serve(answer: Answer): Promise<string> {
    const server = await startSdlServer(answer);
    servers.push(server);
    return server.url;
  }

  function ask(urls: readonly string[], options: { signal?: AbortSignal; timeoutMs?: number } = {}): Promise<string> {
    const { signal = new AbortController().signal, timeoutMs = 20_000 } = options;
    return introspectSubgraph('products', urls, { dispatcher: agent, timeoutMs, bytesMax: 10_000, signal });
  }

  it('gives the SDL', async () => {
    expect(await ask([await serve(sdlAnswer(SDL))])).toBe(SDL);
  });

  it('sends headers that the caller adds', async () => {
    const url = await serve((request, response) => sdlAnswer(`# ${request.headers['x-key']}`)(request, response));
    const { signal } = new AbortController();
    const options = { dispatcher: agent, timeoutMs: 20_000, bytesMax: 10_000, signal, headers: { 'x-key': 'k' } };
    expect(await introspectSubgraph('products', [url], options)).toBe('# k');
  });

  it('asks the next URL when one fails', async () => {
    const broken = await serve((_, response) => response.destroy());
    expect(await ask([broken, await serve(sdlAnswer(SDL))])).toBe(SDL);
  });

  it('names the reason of each URL when all fail, and no credentials', async () => {
    const broken = await serve((_, response) => response.destroy());
    const failing = (await serve((_, response) => response.writeHead(502).end('<html>'))).replace('//', '//me:secret@');
    const error: unknown = await ask([broken, failing]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SUBGRAPH_HTTP_ERROR', message: expect.stringContaining('HTTP 502') });
    expect(error).toMatchObject({ message: expect.stringContaining(`subgraph products for its SDL: ${broken}: `) });
    expect(String(error)).not.toContain('secret');
  });

  it.each([200, 400])('tells the reason of a server that is no subgraph, with HTTP %s', async (status) => {
    const message = 'Cannot query field "_service" on type "Query".';
    const url = await serve((_, response) => response.writeHead(status).end(JSON.stringify({ errors: [{ message }] })));
    await expect(ask([url])).rejects.toThrow(`${message}; it is no federation subgraph: build its schema as one`);
  });

  it('is SUBGRAPH_UNREACHABLE when nobody listens', async () => {
    await expect(ask([`http://127.0.0.1:${await reservedPort()}/graphql`])).rejects.toMatchObject({
      code: 'SUBGRAPH_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('is SUBGRAPH_TIMEOUT when the answer does not end', async () => {
    const url = await serve((_, response) => void response.write('{'));
    await expect(ask([url], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  });

  it('is SUBGRAPH_RESPONSE_TOO_LARGE when the answer exceeds the limit', async () => {
    const url = await serve(sdlAnswer('#'.repeat(20_000)));
    await expect(ask([url])).rejects.toMatchObject({ code: 'SUBGRAPH_RESPONSE_TOO_LARGE' });
  });

  it.each([
    '',
    'null',
    '[]',
    '{"data":{"_service":null}}',
    '{"data":{"_service":{"sdl":1}}}',
    '{"__proto__":{}}',
    '<html>',
  ])('is SUBGRAPH_RESPONSE_INVALID when the answer is %j', async (body) => {
    const url = await serve((_, response) => response.end(body));
    await expect(ask([url])).rejects.toMatchObject({ code: 'SUBGRAPH_RESPONSE_INVALID' });
  });

  it("hands on the subgraph's own reason", async () => {
    const url = await serve((_, response) => response.end('{"errors":[{"message":"no field _service"}]}'));
    await expect(ask([url])).rejects.toThrow('no field _service');
  });

  it('is cancelled by its signal', async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort());
    await expect(ask([url], { signal: abort.signal })).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
  });
});
