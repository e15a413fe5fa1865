import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../gateway/package-root';
import type { Children } from '../children';

const SOURCES = join(packageRoot, 'test', 'bench', 'peers');
const INSTALL_DEADLINE_MS = 300_000;

export type PeerName = 'mercurius' | 'hive';

/** Where everything that the bench downloads or builds is kept. */
export const WORKSHOP: string = join(packageRoot, '.build', 'bench');

/**
 * Installs a peer into a folder named after its `package.json`, unless it is there from an earlier run, and puts the
 * files that start it beside it. Returns the folder.
 */
export async function installPeer(name: PeerName, children: Children): Promise<string> {
  const source = join(SOURCES, name);
  const hash = createHash('sha256')
    .update(readFileSync(join(source, 'package.json')))
    .digest('hex');
  const folder = join(WORKSHOP, `peers-${hash.slice(0, 12)}`);
  if (!existsSync(folder)) await install(source, folder, children);
  cpSync(source, folder, { recursive: true });
  return folder;
}

/** Complete or not at all: an installation that was cut off is never taken for a finished one. */
async function install(source: string, folder: string, children: Children): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(source, unfinished, { recursive: true });
  const command = [
    'npm',
    'install',
    '--prefix',
    unfinished,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await children.run(command, { cwd: unfinished, deadlineMs: INSTALL_DEADLINE_MS });
  renameSync(unfinished, folder);
}

/** The version of a package installed in a folder. */
export function installedVersion(folder: string, packageName: string): string {
  return JSON.parse(readFileSync(join(folder, 'node_modules', packageName, 'package.json'), 'utf8')).version;
}
