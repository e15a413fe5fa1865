import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../gateway/package-root';
import type { Children } from './children';
import { WORKSHOP } from './peers/install';

const GIT_DEADLINE_MS = 60_000;
const BUILD_DEADLINE_MS = 300_000;

export interface BuiltRevision {
  /** A checkout with `dist/`. */
  readonly folder: string;
  readonly commit: string;
}

/**
 * Builds a git revision in a folder of its own, once. The files come out of `git archive`: unlike a worktree, that leaves
 * nothing behind in the repository when the folder is deleted.
 */
export async function buildRevision(revision: string, children: Children): Promise<BuiltRevision> {
  const git = (...args: string[]) => children.run(['git', ...args], { cwd: packageRoot, deadlineMs: GIT_DEADLINE_MS });
  const commit = (await git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`)).trim();
  const folder = join(WORKSHOP, `rev-${commit.slice(0, 12)}`);
  if (isCurrent(folder)) return { folder, commit };
  rmSync(folder, { recursive: true, force: true });
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const archive = join(unfinished, 'revision.tar');
  await git('archive', '--format=tar', `--output=${archive}`, commit);
  await children.run(['tar', '-xf', archive], { cwd: unfinished, deadlineMs: GIT_DEADLINE_MS });
  rmSync(archive);
  await compile(unfinished, children);
  renameSync(unfinished, folder);
  return { folder, commit };
}

/** It is there, and if it borrows this checkout's dependencies, they are still the ones it was built with. */
function isCurrent(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return sameDependencies(folder) || !lstatSync(join(folder, 'node_modules')).isSymbolicLink();
}

async function compile(folder: string, children: Children): Promise<void> {
  const options = { cwd: folder, deadlineMs: BUILD_DEADLINE_MS };
  if (sameDependencies(folder)) symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
  else await children.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], options);
  await emit(folder, children);
  const graphiql = join(packageRoot, 'dist', 'graphiql');
  if (existsSync(graphiql)) symlinkSync(graphiql, join(folder, 'dist', 'graphiql'));
}

/** Type errors do not stop the compiler from writing: a revision that has some may well run. */
async function emit(folder: string, children: Children): Promise<void> {
  const command = [join(folder, 'node_modules', '.bin', 'tsc'), '--pretty', 'false'];
  try {
    await children.run(command, { cwd: folder, deadlineMs: BUILD_DEADLINE_MS });
  } catch (error) {
    if (!existsSync(join(folder, 'dist', 'gateway', 'main.js'))) throw error;
  }
}

function sameDependencies(folder: string): boolean {
  const lockfile = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8');
  return lockfile(folder) === lockfile(packageRoot);
}
