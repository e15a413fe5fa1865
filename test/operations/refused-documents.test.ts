import { specifiedRules } from 'graphql';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';
import { BY_RULE, INTROSPECTION, REFUSED_DOCUMENTS, type RefusedDocument } from '../fixtures/refused-documents';

/** Apollo Server is around the operations where there is a plugin, and nowhere else. */
const PLUGIN = { requestDidStart: async () => ({}) };

describe.each([
  ['where introspection is answered', true],
  ['where it is not', false],
])('documents that are refused, %s', (_where, introspection) => {
  let own: LocalServer;
  let throughApollo: LocalServer;

  beforeAll(async () => {
    own = await startLocalServer({ introspection });
    throughApollo = await startLocalServer({ introspection }, { apolloPlugins: [PLUGIN] });
  });
  afterAll(() => Promise.all([own.close(), throughApollo.close()]));

  async function answerOf(response: Response) {
    const { date: _date, 'x-request-id': _id, ...headers } = Object.fromEntries(response.headers);
    return { status: response.status, headers, text: await response.text() };
  }

  async function post({ graphql }: LocalServer, body: RefusedDocument, accept: string) {
    const headers = { 'content-type': 'application/json', accept };
    return answerOf(await fetch(graphql, { method: 'POST', headers, body: JSON.stringify(body) }));
  }

  async function get({ graphql }: LocalServer, { query }: RefusedDocument) {
    const headers = { 'apollo-require-preflight': '1' };
    return answerOf(await fetch(`${graphql}?${new URLSearchParams({ query })}`, { headers }));
  }

  it('are 200 at least, some of each rule', () => {
    expect(REFUSED_DOCUMENTS.length).toBeGreaterThanOrEqual(200);
    const rules = specifiedRules.map(({ name }) => name.replace(/Rule$/, ''));
    // Limits come before it.
    expect(rules.filter((rule) => !(rule in BY_RULE))).toEqual(
      ['MaxIntrospectionDepth', 'DeferStreamDirectiveLabel'].filter((rule) => rules.includes(rule)),
    );
  });

  it.each(['application/json', 'application/graphql-response+json'])(
    'are answered byte for byte as Apollo Server answers them, as %s',
    async (accept) => {
      for (const document of [...REFUSED_DOCUMENTS, ...(introspection ? [] : INTROSPECTION)]) {
        const expected = { document, ...(await post(throughApollo, document, accept)) };
        expect({ document, ...(await post(own, document, accept)) }).toEqual(expected);
        // None is answered with data.
        expect(expected.text).toMatch(/^\{"errors":\[\{/);
        expect(expected.text).not.toContain('"data"');
      }
    },
  );

  it('are answered as Apollo Server answers them by GET, and so are mutations', async () => {
    for (const document of [...REFUSED_DOCUMENTS, { query: 'mutation { rename(name: "x") }' }]) {
      if (document.query.trim() === '') continue;
      expect({ document, ...(await get(own, document)) }).toEqual({
        document,
        ...(await get(throughApollo, document)),
      });
    }
  });
});
