// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of headgate.yaml look like that
import { parse } from 'yaml';
import { configJsonSchema } from '../../../gateway/config/json-schema';
import { configFolders } from '../../fixtures/config-folder';
import { runHeadgate } from '../../fixtures/headgate-process';

describe('headgate config', () => {
  const configFolder = configFolders();

  it('prints the JSON Schema', async () => {
    const { code, stdout } = await runHeadgate(['config', 'schema']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(configJsonSchema());
  });

  it('prints the configuration as it takes effect, secrets masked', async () => {
    const path = configFolder().write('headgate.yaml', 'admin: { token: "${env.T}" }');
    const { code, stdout } = await runHeadgate(['config', 'print', '--config', path], { env: { T: 'abcdef' } });
    expect(code).toBe(0);
    expect(parse(stdout)).toMatchObject({ server: { listen: '127.0.0.1:4000' }, admin: { token: '********' } });
  });

  it('prints it in the envelope', async () => {
    const path = configFolder().write('headgate.yaml', 'log: { level: warn }');
    const { stdout } = await runHeadgate(['config', 'print', '--config', path, '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ json_version: '1', data: { log: { level: 'warn' } }, error: null });
  });
});
