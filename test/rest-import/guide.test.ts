import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../gateway/package-root';
import { configFolders } from '../fixtures/config-folder';
import { ask, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { blocks, filesIn, type Page } from '../fixtures/markdown';
import { routes } from '../fixtures/rest-adapter';
import { type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const TEXT = readFileSync(join(packageRoot, 'docs', 'rest.md'), 'utf8');
const [, section = ''] = /\n## Your REST service in the supergraph in ten minutes\n([\s\S]*?)\n## /.exec(TEXT) ?? [];
const GUIDE: Page = { path: 'docs/rest.md', text: section };

const ORDER = { id: 'o1', total: 12.5, 'placed-at': '2026-12-01T10:00:00Z', status: 'sent' };

/** Words of a command line, as a shell has them. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
}

describe('the guide', () => {
  const folders = configFolders();
  let service: ScriptedServer;
  let gateway: HeadgateProcess | undefined;
  beforeAll(async () => {
    service = await startScriptedServer(
      routes({ 'GET /v1/orders': () => ({ data: [ORDER] }), 'GET /v1/orders/o1': () => ORDER }),
    );
  });
  afterAll(async () => {
    await gateway?.stop();
    await service.kill();
  });

  it('works as it is written, from the first command to the answer', async () => {
    const { folder, write } = folders();
    const here = (text: string) => text.replaceAll('127.0.0.1:4010', `127.0.0.1:${service.port}`);
    const files = filesIn(GUIDE);
    expect([...files.keys()]).toEqual([
      'orders.openapi.yml',
      'orders.overrides.yml',
      'orders.connector.yml',
      'headgate.yaml',
      'query.graphql',
      'answer.json',
    ]);
    for (const [name, text] of files) write(name, here(text));
    const said = new Map<string, string>();
    const lines = blocks(GUIDE, 'sh').flatMap((block) => block.trim().split('\n'));
    expect(lines).toHaveLength(5);
    for (const line of lines) {
      const [program, ...args] = words(line);
      expect(program).toBe('headgate');
      if (args[0] === 'serve') gateway = await startHeadgate([...args, '--port', '0'], { cwd: folder });
      else {
        const { code, stdout, stderr } = await runHeadgate(args, { cwd: folder });
        expect([line, code, stderr]).toEqual([line, 0, args[1] === 'import' ? expect.any(String) : '']);
        said.set(args[1] ?? '', stdout);
      }
    }
    expect(said.get('import')).toBe('orders.rest.graphql has 3 of 3 operations\n');
    const draft = readFileSync(join(folder, 'orders.rest.graphql'), 'utf8');
    expect(draft).toMatch(/@key\(fields: "id"\)\n {2}@connect\([\s\S]*ids: \$batch\.id/);
    expect(draft).toContain('entity: true');
    expect(said.get('run')).toContain('"placedAt": "2026-12-01T10:00:00Z"');
    expect(said.get('test')).toMatch(/\n2 passed, 0 failed, 0 skipped\n$/);
    const { body } = await ask(gateway?.graphql ?? '', files.get('query.graphql') ?? '');
    expect(body).toEqual(JSON.parse(files.get('answer.json') ?? ''));
  }, 60_000);
});
