import { configFolders } from '../../fixtures/config-folder';
import { runHeadgate } from '../../fixtures/headgate-process';

describe('headgate expressions check', () => {
  const configFolder = configFolders();
  const DECLARED = '{"request": {"headers": "headers", "status": "int"}, "claims": "map(string, dyn)"}';
  const VALUES =
    '{"request": {"headers": {"x-tenant": "a"}, "status": 503}, "claims": {"roles": ["admin"], "id": 1234567890123456789}}';

  function files(): { readonly declare: string; readonly values: string; write(name: string, text: string): string } {
    const { write } = configFolder();
    return { declare: write('variables.json', DECLARED), values: write('values.json', VALUES), write };
  }

  it('prints type, references and value', async () => {
    const { declare, values } = files();
    const source = 'request.headers["X-Tenant"] == "a" && "admin" in claims.roles';
    expect(await runHeadgate(['expressions', 'check', '-e', source, '--declare', declare, '--values', values])).toEqual(
      {
        code: 0,
        stdout:
          'type        bool\nreferences  claims.roles\n            request.headers["x-tenant"]\nvalue       true\n',
        stderr: '',
      },
    );
  });

  it('reads a file, and says where it is wrong', async () => {
    const { declare, write } = files();
    const path = write('rule.cel', 'request.status > 1 &&\n  request.heders["a"] == ""\n');
    expect(await runHeadgate(['expressions', 'check', path, '--declare', declare])).toEqual({
      code: 1,
      stdout: '',
      stderr: `error[EXPRESSION_INVALID] ${path}:2:11 request has no field heders; did you mean headers? it has: headers, status\n    request.heders["a"] == ""\n            ^\n`,
    });
  });

  it('answers programs in JSON, with integers as they are', async () => {
    const { values } = files();
    const run = (...args: string[]) =>
      runHeadgate(['expressions', 'check', '--values', values, '--format', 'json', ...args]);
    expect((await run('-e', 'claims.id')).stdout).toBe(
      '{"json_version":"1","data":{"type":"dyn","references":["claims.id"],"value":1234567890123456789},"error":null}\n',
    );
    const failed = await run('-e', 'claims.plan == "a"');
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.stdout).data).toEqual({
      type: 'bool',
      references: ['claims.plan'],
      error: { message: 'there is no claims.plan', line: 1, column: 8, reason: 'missing' },
    });
  });

  it.each<[readonly string[], string]>([
    [[], 'name a file with an expression, or give one with -e'],
    [['-e', '1', '--result', 'text'], '--result expects a type, e.g. bool or list(string); text is none'],
    [['-e', '1', '--cost-max', '0'], '--cost-max expects a whole number'],
    [['no-such-file.cel'], 'cannot read no-such-file.cel: ENOENT'],
  ])('exits 3 for %j', async (args, problem) => {
    const { code, stderr } = await runHeadgate(['expressions', 'check', ...args]);
    expect(code).toBe(3);
    expect(stderr).toContain(problem);
  });

  it('exits 3 for a declaration that is none', async () => {
    const path = configFolder().write('variables.json', '{"request": {"path": "text"}}');
    const { code, stderr } = await runHeadgate(['expressions', 'check', '-e', '1', '--declare', path]);
    expect(code).toBe(3);
    expect(stderr).toContain('request.path has to be a type');
  });

  it('refuses what gives another type than expected', async () => {
    const { code, stderr } = await runHeadgate(['expressions', 'check', '-e', '1 + 1', '--result', 'bool']);
    expect(code).toBe(1);
    expect(stderr).toContain('expression:1:3 this gives int, bool is expected here');
  });
});
