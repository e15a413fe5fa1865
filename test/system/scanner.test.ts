import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

/** Enough types that a schema has more than a scanner takes for nothing. */
const SDL = `type Query { things: [Thing] }
type Mutation { rename(id: ID, name: String): Thing }
type Thing { id: ID name: String other: Thing }`;

type Json = Readonly<Record<string, unknown>>;

function member(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => (found as Json | undefined | null)?.[key], value);
}

async function json(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  return json(await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }));
}

const get = async (url: string, query: string) => json(await fetch(`${url}?query=${encodeURIComponent(query)}`));

/** What graphql-cop (github.com/dolevf/graphql-cop) looks for, written anew from what each check is described as; true is a finding. */
const CHECKS: Readonly<Record<string, (url: string) => Promise<boolean>>> = {
  'alias overloading': async (url) => {
    const query = `{ ${Array.from({ length: 101 }, (_, index) => `alias${index}: __typename`).join(' ')} }`;
    return member(await post(url, { query }), 'data', 'alias100') !== undefined;
  },
  'array-based batches': async (url) => {
    const answer = await post(
      url,
      Array.from({ length: 10 }, () => ({ query: '{ __typename }' })),
    );
    return Array.isArray(answer) && answer.length >= 10;
  },
  'directive overloading': async (url) => {
    const errors = member(await post(url, { query: `{ __typename ${'@aa'.repeat(10)} }` }), 'errors');
    return Array.isArray(errors) && errors.length >= 10;
  },
  'field duplication': async (url) =>
    member(await post(url, { query: `{ ${'__typename '.repeat(500)} }` }), 'data', '__typename') !== undefined,
  'circular fragments': async (url) => {
    const query = '{ __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }';
    return member(await post(url, { query }), 'errors') === undefined;
  },
  'circular introspection': async (url) => {
    const deep = 'fields { type { '.repeat(4);
    const query = `{ __schema { types { ${deep} name ${'} }'.repeat(4)} } } }`;
    return Array.isArray(member(await post(url, { query }), 'data', '__schema', 'types'));
  },
  introspection: async (url) =>
    member(await post(url, { query: '{ __schema { types { name } } }' }), 'data', '__schema', 'types') !== undefined,
  'field suggestions': async (url) =>
    JSON.stringify(await post(url, { query: '{ __schema { directive } thing }' })).includes('Did you mean'),
  'an explorer': async (url) => {
    const pages = ['/graphiql', '/playground', '/console', '/graphql'].map(async (path) => {
      const page = await fetch(new URL(path, url), { headers: { accept: 'text/html' } });
      return /GraphiQL|GraphQL Playground|graphql-playground|graphiql\.min\.css/.test(await page.text());
    });
    return (await Promise.all(pages)).includes(true);
  },
  'queries by GET': async (url) => member(await get(url, '{ __typename }'), 'data', '__typename') !== undefined,
  'mutations by GET': async (url) =>
    member(await get(url, 'mutation { __typename }'), 'data', '__typename') !== undefined,
  'queries from forms': async (url) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await json(await fetch(url, { method: 'POST', headers, body: 'query=%7B__typename%7D' }));
    return member(answer, 'data', '__typename') !== undefined;
  },
  tracing: async (url) => /"tracing"|stacktrace/i.test(JSON.stringify(await post(url, { query: '{ __typename }' }))),
  'unhandled errors': async (url) =>
    /"exception"|stacktrace/i.test(JSON.stringify(await post(url, { query: 'qwerty cop { abc }' }))),
};

describe('a scanner', () => {
  const directory = temporaryDirectories();
  let subgraph: LiveSubgraph;
  const running: HeadgateProcess[] = [];

  beforeAll(async () => {
    subgraph = await startLiveSubgraph('things', { sdl: SDL, resolvers: {} });
  });
  afterAll(async () => {
    await Promise.all(running.map((one) => one.stop()));
    await subgraph?.close();
  });

  async function findings(more: string): Promise<string[]> {
    const folder = directory();
    writeFileSync(join(folder, 'things.graphql'), SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0", drain_timeout: 200ms }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { things: { schema: { file: ./things.graphql }, url: "${subgraph.url}" } }
${more}`,
    );
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    running.push(headgate);
    const found: string[] = [];
    for (const [name, check] of Object.entries(CHECKS)) if (await check(headgate.graphql)) found.push(name);
    return found;
  }

  it('finds nothing where the schema is not shown', async () => {
    expect(await findings('introspection: { enabled: false }\ngraphiql: { enabled: false }\n')).toEqual([]);
  });

  it('finds by default what is for developers, and what costs is bounded', async () => {
    expect(await findings('')).toEqual(['introspection', 'field suggestions', 'an explorer']);
  });
});
