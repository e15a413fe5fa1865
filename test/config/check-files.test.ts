import { join } from 'node:path';
import { checkFiles } from '../../gateway/config/check-files';
import { loadSettings } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';

describe('checkFiles', () => {
  const configFolder = configFolders();

  it('names key, line and path of each file that is not there', async () => {
    const { folder, write } = configFolder();
    write('a.graphql', 'type Query { a: Int }');
    const text = `subgraphs:
  a: { url: "http://a", schema: { file: a.graphql } }
  b: { url: "http://b", schema: { file: b.graphql } }
apollo: { plugins: [./c.js] }
`;
    const loaded = await loadSettings({ path: write('headgate.yaml', text), env: {} });
    expect(() => checkFiles(loaded)).toThrow(
      `${loaded.path}:3:41 subgraphs.b.schema.file: no such file: ${join(folder, 'b.graphql')}\n` +
        `${loaded.path}:4:21 apollo.plugins.0: no such file: ${join(folder, 'c.js')}`,
    );
  });
});
