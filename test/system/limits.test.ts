import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const TWO_ALIASES = '{ a: __typename b: __typename }';
const THREE_FIELDS = '{ echo again: echo __typename }';
const CONDITIONAL = 'query ($yes: Boolean = true) { echo @include(if: $yes) }';

describe('limits of a running gateway', () => {
  const directory = temporaryDirectories();
  let echo: EchoSubgraph;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    const folder = directory();
    echo = await startEchoSubgraph('north');
    writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${echo.url}" } }
limits:
  max_root_fields: 2
  max_aliases: { value: 1, mode: measure }
  max_variable_values: 3
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });

  afterAll(async () => {
    await headgate?.stop();
    await echo?.kill();
  });

  const refusalOf = async (query: string, variables?: unknown) =>
    (await ask(headgate.graphql, query, variables)).body.errors?.[0]?.extensions;

  it('name themselves when they refuse', async () => {
    const refusal = { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'max_root_fields', max: 2 };
    expect(await refusalOf(THREE_FIELDS)).toMatchObject(refusal);
    expect(await refusalOf(THREE_FIELDS)).toMatchObject(refusal);
  });

  it('are only written down where they are measured', async () => {
    expect((await ask(headgate.graphql, TWO_ALIASES)).body).toEqual({ data: { a: 'Query', b: 'Query' } });
    expect(await headgate.logged('limit.exceeded', 'max_aliases')).toContain('"mode":"measure"');
  });

  it('hold for variables, the first time and after that', async () => {
    expect((await ask(headgate.graphql, CONDITIONAL, { yes: true })).body).toEqual({ data: { echo: 'north' } });
    for (const variables of [{ a: [1, 2, 3] }, { a: { b: { c: 1 } } }, { yes: true, b: 1, c: 1 }])
      expect(await refusalOf(CONDITIONAL, variables)).toMatchObject({ limit: 'max_variable_values', max: 3 });
  });

  it('hold for a body, before it is parsed', async () => {
    const many = Array.from({ length: 200 }, () => 1);
    expect(await refusalOf(CONDITIONAL, { many })).toMatchObject({
      code: 'OPERATION_LIMIT_EXCEEDED',
      limit: 'max_variable_values',
    });
  });
});
