import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { COMMANDS } from '../../gateway/cli/commands';
import { packageVersion } from '../../gateway/package-root';
import { MAIN, runHeadgate } from '../fixtures/headgate-process';

describe('headgate', () => {
  it('lists every command', async () => {
    const { code, stdout } = await runHeadgate(['--help']);
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toContain(`\n  ${name} `);
    expect(stdout).toContain('Examples:');
  });

  it('prints its version', async () => {
    expect(await runHeadgate(['--version'])).toEqual({ code: 0, stdout: `${packageVersion}\n`, stderr: '' });
  });

  it.each([
    [['serv'], "error[USAGE] unknown command 'serv'\n(Did you mean serve?)\n"],
    [['validate', '--nope'], "error[USAGE] unknown option '--nope'\n"],
    [['validate', 'surplus'], "error[USAGE] too many arguments for 'validate'. Expected 0 arguments but got 1.\n"],
    [
      ['--format', 'xml', 'validate'],
      "error[USAGE] option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json, github.\n",
    ],
  ])('exits 3 for %j', async (args, stderr) => {
    expect(await runHeadgate(args)).toEqual({ code: 3, stdout: '', stderr });
  });

  it('shows its help on stderr when no command is given', async () => {
    const { code, stdout, stderr } = await runHeadgate([]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('Commands:');
  });

  it('answers wrong usage in the envelope when JSON is wanted', async () => {
    const { code, stdout } = await runHeadgate(['validate', '--nope', '--format', 'json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      json_version: '1',
      data: null,
      error: { code: 'USAGE', message: "unknown option '--nope'", details: null },
    });
  });

  it.each(COMMANDS)('lists $name as the command describes itself', ({ name, description, load }) => {
    const program = new Command();
    load()(program, COMMANDS);
    expect(program.commands.map((command) => [command.name(), command.description()])).toEqual([[name, description]]);
  });

  it('survives a reader that goes away', async () => {
    const child = spawn(process.execPath, [MAIN, 'config', 'schema'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });
});
