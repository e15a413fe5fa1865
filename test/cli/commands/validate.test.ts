import { configFolders } from '../../fixtures/config-folder';
import { runHeadgate } from '../../fixtures/headgate-process';

describe('headgate validate', () => {
  const configFolder = configFolders();

  it('exits 0 for ./headgate.yaml when that is right', async () => {
    const { folder, write } = configFolder();
    const path = write('headgate.yaml', 'server: { listen: 4000 }');
    expect(await runHeadgate(['validate'], { cwd: folder })).toEqual({
      code: 0,
      stdout: `${path} is valid\n`,
      stderr: '',
    });
  });

  it('exits 3 and says where when it is wrong', async () => {
    const path = configFolder().write('headgate.yaml', 'server:\n  lisen: 4000\n');
    expect(await runHeadgate(['validate', '--config', path])).toEqual({
      code: 3,
      stdout: '',
      stderr: `error[CONFIG_INVALID] ${path}:2:3 server.lisen: unknown key; did you mean listen?\n`,
    });
  });

  it('puts the problems into the envelope', async () => {
    const path = configFolder().write('headgate.yaml', 'server:\n  lisen: 4000\n');
    const { stdout } = await runHeadgate(['validate', '--config', path, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      json_version: '1',
      data: null,
      error: {
        code: 'CONFIG_INVALID',
        details: { problems: [{ path: 'server.lisen', line: 2, column: 3, nearest: 'listen' }] },
      },
    });
  });

  it('mentions keys that are not in effect on stderr', async () => {
    const path = configFolder().write('headgate.yaml', 'cors: {}');
    const { code, stderr } = await runHeadgate(['validate', '--config', path]);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'cors is accepted and not in effect in this version\n',
    });
  });

  it('exits 3 when there is nothing to validate', async () => {
    const { code, stderr } = await runHeadgate(['validate'], { cwd: configFolder().folder });
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: 'error[USAGE] there is no ./headgate.yaml; name a file with --config FILE\n',
    });
  });
});
