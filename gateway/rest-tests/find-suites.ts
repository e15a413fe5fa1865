import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HeadgateError } from '../errors';

const SUITE = /\.connectors?\.ya?ml$/;
const FILES_MAX = 10_000;

/**
 * Files of tests: each file that is named, and all `*.connector.yaml` in and below each folder, by name.
 * @throws {HeadgateError} USAGE: there is no such file, or none in a folder
 */
export function findSuites(paths: readonly string[]): readonly string[] {
  return [...new Set(paths.flatMap((path) => (isFolder(path) ? suitesBelow(path) : [path])))];
}

function suitesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (at: string): void => {
    const entries = readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) visit(join(at, entry.name));
      else if (SUITE.test(entry.name)) found.push(join(at, entry.name));
    }
    if (found.length > FILES_MAX)
      throw new HeadgateError('USAGE', `${folder} has more than ${FILES_MAX} files of tests`);
  };
  visit(folder);
  if (found.length > 0) return found;
  throw new HeadgateError('USAGE', `${folder} has no *.connector.yaml`);
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new HeadgateError('USAGE', `cannot read ${path}: ENOENT`);
  return found.isDirectory();
}
