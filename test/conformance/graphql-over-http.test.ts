import { auditServer } from 'graphql-http';
import { Http2Client } from '../fixtures/http2-client';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

type Ask = (url: string, init: RequestInit & { readonly headers: Record<string, string> }) => Promise<Response>;

describe('the GraphQL-over-HTTP audit', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer({ http2: true });
  });
  afterAll(() => server.close());

  async function missed(headers: Record<string, string>, ask: Ask): Promise<{ audits: number; missed: string[] }> {
    const fetchFn = (url: string, init?: RequestInit) =>
      ask(url, { ...init, headers: { ...headers, ...(init?.headers as Record<string, string> | undefined) } });
    const results = await auditServer({ url: server.graphql, fetchFn });
    return { audits: results.length, missed: results.filter(({ status }) => status !== 'ok').map(({ id }) => id) };
  }

  it('passes as a whole with a header that CSRF prevention asks for', async () => {
    expect(await missed({ 'apollo-require-preflight': '1' }, fetch)).toEqual({ audits: 61, missed: [] });
  });

  it('misses only the GET requests that CSRF prevention refuses without it', async () => {
    expect(await missed({}, fetch)).toEqual({ audits: 61, missed: ['5A70', 'D6D5', '6A70'] });
  });

  it('passes as a whole by HTTP/2', async () => {
    const client = new Http2Client(server.url);
    const ask: Ask = async (url, { method = 'GET', headers, body }) => {
      const { pathname, search } = new URL(url);
      const head = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      const asked = { ':method': method, ':path': pathname + search, ...Object.fromEntries(head) };
      const answer = await client.ask(asked, typeof body === 'string' ? body : undefined);
      const given = Object.entries(answer.headers).flatMap(([name, value]) =>
        name.startsWith(':') ? [] : [[name, String(value)] as [string, string]],
      );
      return new Response(answer.body, { status: answer.status, headers: given });
    };
    expect(await missed({ 'apollo-require-preflight': '1' }, ask)).toEqual({ audits: 61, missed: [] });
    client.destroy();
  });
});
