import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { COMMANDS } from '../../../gateway/cli/commands';
import { completionScript } from '../../../gateway/cli/completion-scripts';
import { runHeadgate } from '../../fixtures/headgate-process';
import { temporaryDirectories } from '../../fixtures/temporary-directory';

describe('headgate completion', () => {
  const directory = temporaryDirectories();
  const program = new Command('headgate');
  for (const { load } of COMMANDS) load()(program, COMMANDS);

  /** What bash offers for the last of the words. */
  function offered(...words: string[]): string[] {
    const script = join(directory(), 'headgate.bash');
    writeFileSync(script, completionScript('bash', program));
    const ask = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _headgate; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask, script, ...words], { encoding: 'utf8' })
      .trim()
      .split('\n');
  }

  it.each([
    [['headgate', 'po'], ['pool']],
    [['headgate', 'pool', 'dr'], ['drain']],
    [['headgate', 'serve', '--superg'], ['--supergraph']],
    [['headgate', '--format', 'json', 'subgraph', 'publish', '--vcs-c'], ['--vcs-commit']],
    [['headgate', 'pool', 'drain', 'products', '--tt'], ['--ttl']],
  ])('in bash %j becomes %j', (words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  it('in bash offers every command', () => {
    expect(offered('headgate', '')).toEqual(expect.arrayContaining(COMMANDS.map(({ name }) => name)));
  });

  it.each(['zsh', 'fish'])('prints one for %s with every command', async (shell) => {
    const { code, stdout } = await runHeadgate(['completion', shell]);
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(stdout).toContain(name);
  });

  it('names the shells that it knows', async () => {
    const { code, stderr } = await runHeadgate(['completion', 'tcsh']);
    expect(code).toBe(3);
    expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
  });
});
