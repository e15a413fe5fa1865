import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommandOutput, runCommand, usageError } from '../output';
import { STARTER_FILES } from '../starter-files';

/** `headgate init`: exit 3 when one of the files is there already; nothing is written then. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write a headgate.yaml with comments and the schema of an example; overwrites nothing')
    .argument('[folder]', 'where to; it is made when it is not there', '.')
    .action(runCommand(init));
}

async function init(given: string): Promise<CommandOutput> {
  const folder = resolve(given);
  const written: string[] = [];
  refuseExisting(folder);
  for (const [name, text] of Object.entries(STARTER_FILES)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeNew(path, text);
    written.push(path);
  }
  return { data: { written }, text: nextSteps(folder, written) };
}

/** Looks at all files before the first is written. */
function refuseExisting(folder: string): void {
  const there = Object.keys(STARTER_FILES).filter((name) => existsSync(join(folder, name)));
  if (there.length > 0) throw alreadyThere(there.map((name) => join(folder, name)));
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? alreadyThere([path]) : usageError(`${path} cannot be written (${code})`);
  }
}

function alreadyThere(paths: readonly string[]) {
  return usageError(
    `${paths.join(' and ')} is there already and stays as it is; choose another folder: headgate init FOLDER`,
  );
}

function nextSteps(folder: string, written: readonly string[]): string {
  const place = relative('', folder);
  const config = place === '' ? '' : ` --config ${join(place, 'headgate.yaml')}`;
  return [
    ...written.map((path) => `wrote ${path}`),
    '',
    `headgate validate${config}    check it`,
    `headgate serve${config} --dev    GraphiQL at http://127.0.0.1:4000/graphql`,
  ].join('\n');
}
