import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;
const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

/** What every object of JavaScript has is a name like any other for a client. */
describe('names that objects of JavaScript have', () => {
  let folder: string;
  let headgate: HeadgateProcess;
  let subgraphs: readonly LiveSubgraph[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hg-names-'));
    const echo = (_: unknown, given: object) => JSON.stringify(given);
    subgraphs = await Promise.all([
      startLiveSubgraph('one', {
        sdl: `${FEDERATION} type Query { me: User echo(text: String, list: [Int], box: Box, json: Json): String } scalar Json
          type Mutation { change(text: String): String } input Box { n: Int = 7 constructor: String } type User @key(fields: "id") { id: ID! name: String }`,
        resolvers: {
          Query: { me: () => ({ id: '1', name: 'Ann' }), echo },
          Mutation: { change: echo },
        },
      }),
      startLiveSubgraph('two', {
        sdl: `${FEDERATION} type User @key(fields: "id") { id: ID! say(text: String): String }`,
        resolvers: { User: { say: echo } },
      }),
    ]);
    const lines = await Promise.all(
      subgraphs.map(async ({ name, url }, index) => {
        const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ query: '{ _service { sdl } }' }) });
        // as: what a subgraph answers to that
        const { data } = (await answer.json()) as { data: { _service: { sdl: string } } };
        writeFileSync(join(folder, `${index}.graphql`), data._service.sdl);
        return `  ${name}: { url: "${url}", schema: { file: ./${index}.graphql } }`;
      }),
    );
    const config = join(folder, 'headgate.yaml');
    writeFileSync(
      config,
      `server: { listen: "127.0.0.1:0" }\nadmin: { listen: "127.0.0.1:0" }\nintrospection: { enabled: true }\nsubgraphs:\n${lines.join('\n')}\n`,
    );
    headgate = await startHeadgate(['serve', '--config', config], { cwd: folder });
  });
  afterAll(async () => {
    await headgate?.stop();
    await Promise.all((subgraphs ?? []).map((one) => one.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Twice: the second time the operation is prepared. @param variables JSON text: a literal would set a prototype */
  async function ask(query: string, variables = '{}', operationName?: string): Promise<string> {
    const name = operationName === undefined ? '' : `,"operationName":"${operationName}"`;
    const body = `{"query":${JSON.stringify(query)},"variables":${variables}${name}}`;
    const send = async () => {
      const headers = { 'content-type': 'application/json' };
      return (await (await fetch(headgate.graphql, { method: 'POST', headers, body })).text()).trim();
    };
    const first = await send();
    expect(await send()).toBe(first);
    return first;
  }
  const echoed = (value: unknown) => `{"data":{"echo":${JSON.stringify(JSON.stringify(value))}}}`;

  it.each(NAMES)('may be variables: %s', async (name) => {
    const v = `$${name}`;
    const given = (value: string) => `{"${name}":${value}}`;
    expect(await ask(`query (${v}: String) { echo(text: ${v}) }`, given('"hi"'))).toBe(echoed({ text: 'hi' }));
    expect(await ask(`query (${v}: String) { echo(text: ${v}) }`)).toBe(echoed({}));
    expect(await ask(`query (${v}: String) { echo(text: ${v}) }`, given('null'))).toBe(echoed({ text: null }));
    expect(await ask(`query (${v}: String = "d") { echo(text: ${v}) }`)).toBe(echoed({ text: 'd' }));
    expect(await ask(`query (${v}: [Int]) { echo(list: ${v}) }`, given('[1,2]'))).toBe(echoed({ list: [1, 2] }));
    expect(await ask(`query (${v}: Box) { echo(box: ${v}) }`, given('{"constructor":"c"}'))).toBe(
      echoed({ box: { n: 7, constructor: 'c' } }),
    );
    expect(await ask(`query (${v}: Int) { echo(list: [${v}], text: "x") }`, given('3'))).toBe(
      echoed({ text: 'x', list: [3] }),
    );
    expect(await ask(`mutation (${v}: String) { change(text: ${v}) }`, given('"m"'))).toBe(
      `{"data":{"change":${JSON.stringify('{"text":"m"}')}}}`,
    );
  });

  it.each(NAMES)('may be variables of entity fetches and conditions: %s', async (name) => {
    const v = `$${name}`;
    expect(await ask(`query (${v}: String!) { me { say(text: ${v}) } }`, `{"${name}":"hi"}`)).toBe(
      `{"data":{"me":{"say":${JSON.stringify('{"text":"hi"}')}}}}`,
    );
    const query = `query (${v}: Boolean!) { me { name @include(if: ${v}) id @skip(if: ${v}) say @include(if: ${v}) } }`;
    expect(await ask(query, `{"${name}":true}`)).toBe('{"data":{"me":{"name":"Ann","say":"{}"}}}');
    expect(await ask(query, `{"${name}":false}`)).toBe('{"data":{"me":{"id":"1"}}}');
  });

  it.each(NAMES)('may be variables of introspection: %s', async (name) => {
    const query = `query ($${name}: String!) { __type(name: $${name}) { name } me { id } }`;
    expect(await ask(query, `{"${name}":"User"}`)).toBe('{"data":{"__type":{"name":"User"},"me":{"id":"1"}}}');
    const optional = `query ($${name}: Boolean) { __type(name: "Box") { inputFields(includeDeprecated: $${name}) { name } } }`;
    expect(await ask(optional)).toBe('{"data":{"__type":{"inputFields":[{"name":"n"},{"name":"constructor"}]}}}');
  });

  it.each(NAMES)('are named in errors: %s', async (name) => {
    expect(await ask(`query ($${name}: String!) { echo(text: $${name}) }`)).toContain(
      `Variable \\"$${name}\\" of required type \\"String!\\" was not provided.`,
    );
    const box = await ask(`query ($${name}: Box) { echo(box: $${name}) }`, `{"${name}":{"__proto__":1}}`);
    expect(box).toContain(`Variable \\"$${name}\\" got invalid value`);
    expect(box).toContain('Field \\"__proto__\\" is not defined by type \\"Box\\"');
  });

  it.each(NAMES)('may be operations, fragments and keys: %s', async (name) => {
    const query = `query Other { me { id } } query ${name} { me { ...${name} } ${name}: me { ${name}: say(text: "a") n: name } }
      fragment ${name} on User { ${name}: name say }`;
    expect(await ask(query, '{}', name)).toBe(
      `{"data":{"me":{"${name}":"Ann","say":"{}"},"${name}":{"${name}":${JSON.stringify('{"text":"a"}')},"n":"Ann"}}}`,
    );
  });

  it('may be in the values of scalars', async () => {
    const json = '{"__proto__":{"a":1},"constructor":[{"__proto__":null}]}';
    const answer = await ask('query ($json: Json) { echo(json: $json) }', `{"json":${json}}`);
    expect(JSON.parse(answer).data.echo).toBe(`{"json":${json}}`);
  });

  it('may be variables of a GET request', async () => {
    const url = new URL(headgate.graphql);
    url.searchParams.set('query', 'query ($__proto__: String) { echo(text: $__proto__) }');
    url.searchParams.set('variables', '{"__proto__":"got"}');
    const answer = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect((await answer.text()).trim()).toBe(echoed({ text: 'got' }));
  });
});
