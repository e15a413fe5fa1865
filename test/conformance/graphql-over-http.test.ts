import { auditServer } from 'graphql-http';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

describe('the GraphQL-over-HTTP audit', () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer();
  });
  afterAll(() => server.close());

  async function missed(headers: Record<string, string>): Promise<{ audits: number; missed: string[] }> {
    const fetchFn = (url: string, init?: RequestInit) =>
      fetch(url, { ...init, headers: { ...headers, ...(init?.headers as Record<string, string> | undefined) } });
    const results = await auditServer({ url: server.graphql, fetchFn });
    return { audits: results.length, missed: results.filter(({ status }) => status !== 'ok').map(({ id }) => id) };
  }

  it('passes as a whole with a header that CSRF prevention asks for', async () => {
    expect(await missed({ 'apollo-require-preflight': '1' })).toEqual({ audits: 61, missed: [] });
  });

  it('misses only the GET requests that CSRF prevention refuses without it', async () => {
    expect(await missed({})).toEqual({ audits: 61, missed: ['5A70', 'D6D5', '6A70'] });
  });
});
