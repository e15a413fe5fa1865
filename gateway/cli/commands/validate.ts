import type { Command } from 'commander';
import { checkFiles } from '../../config/check-files';
import { loadSettings } from '../../config/load';
import { keysNotInEffect } from '../../config/not-in-effect';
import { type CommandOutput, diagnose, runCommand, usageError } from '../output';

/** `headgate validate`: exit 3 when the configuration is wrong. */
export function registerValidate(program: Command): void {
  program
    .command('validate')
    .description('check a configuration and the files that it names')
    .option('--config <file>', 'the configuration; ./headgate.yaml by default')
    .action(runCommand(validate));
}

async function validate({ config }: { readonly config?: string }): Promise<CommandOutput> {
  const loaded = await loadSettings(config === undefined ? {} : { path: config });
  if (loaded.path === null) throw usageError('there is no ./headgate.yaml; name a file with --config FILE');
  checkFiles(loaded);
  const notInEffect = keysNotInEffect(loaded.given);
  for (const key of notInEffect) diagnose(`${key} is accepted and not in effect in this version`);
  return { data: { path: loaded.path, not_in_effect: notInEffect }, text: `${loaded.path} is valid` };
}
