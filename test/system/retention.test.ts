import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeCompositionThread } from '../../gateway/supergraph/compose';
import { type CommandResult, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { ownSdl, startLocalRegistry } from '../fixtures/local-registry';
import { NO_PERMITS } from '../fixtures/permits';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const TOKEN = 'a-token-for-this-test';
const BY = { actor: 'tester', message: null, vcs: { commit: null, author: null } };
const instances = [{ url: 'http://127.0.0.1:9/graphql', weight: 1 }];

/** One story, told in order: a registry that kept everything is told to keep less. */
describe('headgate serve on a registry with a retention', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let headgate: HeadgateProcess;

  function supergraph(...args: string[]): Promise<CommandResult> {
    const env = { HEADGATE_ADMIN_TOKEN: TOKEN, HEADGATE_ADMIN_URL: headgate.admin };
    return runHeadgate(['supergraph', ...args], { cwd: folder, env });
  }

  beforeAll(async () => {
    folder = directory();
    const { registry, close } = await startLocalRegistry(join(folder, 'registry'));
    for (const field of ['a', 'b', 'c', 'd', 'e'])
      await registry.publish(
        'default',
        { name: 'products', sdl: ownSdl('products', [field]), instances },
        NO_PERMITS,
        BY,
      );
    await close();
    await closeCompositionThread();
    writeFileSync(
      join(folder, 'headgate.yaml'),
      'registry: { directory: registry, retention: { revisions: 2, age: 0ms } }\n',
    );
    headgate = await startHeadgate(['serve', '--port', '0'], { cwd: folder, env: { HEADGATE_ADMIN_TOKEN: TOKEN } });
  });
  afterAll(() => headgate.stop());

  it('prunes at its start, and history says so', async () => {
    await headgate.logged('default: 3 revisions before 4 and 9 texts were out of registry.retention and are gone');
    const { stdout, stderr } = await supergraph('history');
    expect(stdout).toMatch(/^4\t.*\n5\t.*\n$/);
    expect(stderr).toBe('older ones are not kept: revisions 1 to 3 were pruned (registry.retention)\n');
    const limited = await supergraph('history', '--limit', '1', '--format', 'json');
    expect(limited.stderr).toBe('');
    expect(JSON.parse(limited.stdout).data.pruned).toBe(3);
    expect(readFileSync(join(folder, 'registry', 'journal.jsonl'), 'utf8').split('\n')).toHaveLength(4);
    expect(readdirSync(join(folder, 'registry', 'blobs'))).toHaveLength(6);
  });

  it.each([
    ['rollback', '3'],
    ['fetch', '--revision', '3'],
  ])('refuses to %s what was pruned, with the key', async (...args) => {
    const { code, stderr } = await supergraph(...args);
    expect(code).toBe(1);
    expect(stderr).toContain('NOT_FOUND');
    expect(stderr).toMatch(
      /revision 3 of graph default was pruned; the oldest that is kept is 4 \(registry\.retention/,
    );
  });

  it('still rolls back to what is kept', async () => {
    expect(await supergraph('rollback', '4')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('6 is current'),
    });
    expect((await supergraph('fetch')).stdout).toContain('d: ID');
  });
});
