// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of headgate.yaml look like that
import { parseDocument } from 'yaml';
import { expandReferences } from '../../gateway/config/expand';
import { configFolders } from '../fixtures/config-folder';

describe('expandReferences', () => {
  const configFolder = configFolders();

  function expand(text: string, env: NodeJS.ProcessEnv = {}, folder = '/nowhere') {
    const document = parseDocument(text);
    return { ...expandReferences(document, { folder, env }), values: document.toJS() };
  }

  it.each([
    ['${env.A}', { A: 'x' }, 'x'],
    ['${env.A:-y}', {}, 'y'],
    ['${env.A:-y}', { A: '' }, 'y'],
    ['${env.A:-}', {}, ''],
    ['http://${env.A}:${env.B:-80}/', { A: 'host' }, 'http://host:80/'],
    ['$${env.A}', { A: 'x' }, '${env.A}'],
    ['cost: 5$', {}, 'cost: 5$'],
    ['${env.A}', { A: '${env.B}' }, '${env.B}'],
    ['${env.A}', { A: "$& $' $1" }, "$& $' $1"],
  ])('turns %j into text', (text, env, expected) => {
    expect(expand(JSON.stringify({ key: text }), env).values).toEqual({ key: expected });
  });

  it('reads a file beside the configuration, without its last newline', () => {
    const { folder, write } = configFolder();
    const file = write('token.txt', 'abc\n');
    const expanded = expand('token: ${file.token.txt}', {}, folder);
    expect(expanded).toMatchObject({ values: { token: 'abc' }, files: [file], findings: [] });
  });

  it('names the file that cannot be read, and still has it watched', () => {
    const { files, findings } = expand('a: { token: "${file./no/such}" }');
    expect(files).toEqual(['/no/such']);
    expect(findings).toEqual([{ path: ['a', 'token'], message: 'file /no/such cannot be read (ENOENT)' }]);
  });

  it('refuses what it does not know', () => {
    expect(expand('list: ["${HOME}"]').findings).toEqual([
      {
        path: ['list', '0'],
        message: '${HOME} is not known; write ${env.NAME}, ${env.NAME:-default} or ${file.path}',
      },
    ]);
  });

  it('says where each value came from', () => {
    expect(expand('a: [{ b: "${env.X}-${env.Y:-2}" }]', { X: '1' }).expansions).toEqual([
      {
        path: ['a', '0', 'b'],
        value: '1-2',
        references: [
          { origin: 'X', value: '1' },
          { origin: 'Y', value: '2' },
        ],
      },
    ]);
  });
});
