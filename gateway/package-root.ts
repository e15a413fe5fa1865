import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(from: string): string {
  const file = join(from, 'package.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'headgate') return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no package.json of headgate above ${__dirname}`);
  return findRoot(parent);
}

/** Absolute path of the folder that holds headgate's own package.json, whichever build folder this file runs from. */
export const packageRoot: string = findRoot(__dirname);

const described: { readonly version: string; readonly peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(packageRoot, 'package.json'), 'utf8'),
);

/** The version in package.json. */
export const packageVersion: string = described.version;

/** The packages that whoever installs headgate provides, with their ranges. */
export const packagePeers: Readonly<Record<string, string>> = described.peerDependencies;
