import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runHeadgate } from '../../fixtures/headgate-process';
import { temporaryDirectories } from '../../fixtures/temporary-directory';

describe('headgate init', () => {
  const directory = temporaryDirectories();

  it('writes a configuration that is valid, with comments, and says how to go on', async () => {
    const cwd = directory();
    const { code, stdout } = await runHeadgate(['init'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('\nheadgate serve --dev ');
    expect(readFileSync(join(cwd, 'headgate.yaml'), 'utf8')).toMatch(/^# /);
    expect(await runHeadgate(['validate'], { cwd })).toMatchObject({ code: 0, stderr: '' });
  });

  it('overwrites nothing, and then writes nothing', async () => {
    const cwd = directory();
    const mine = join(cwd, 'new', 'headgate.yaml');
    await runHeadgate(['init', 'new'], { cwd });
    writeFileSync(mine, '# mine\n');
    const again = await runHeadgate(['init', 'new'], { cwd });
    expect(again).toMatchObject({ code: 3, stdout: '' });
    expect(again.stderr).toContain(`error[USAGE] ${mine}`);
    expect(again.stderr).toContain('stays as it is; choose another folder: headgate init FOLDER');
    expect(readFileSync(mine, 'utf8')).toBe('# mine\n');

    const other = directory();
    writeFileSync(join(other, 'headgate.yaml'), '# mine\n');
    expect(await runHeadgate(['init'], { cwd: other })).toMatchObject({ code: 3 });
    expect(existsSync(join(other, 'subgraphs'))).toBe(false);
  });
});
