import type { Command } from 'commander';
import { checkFiles } from '../../config/check-files';
import { loadSettings, remakeConfig } from '../../config/load';
import { keysNotInEffect } from '../../config/not-in-effect';
import { type CheckedSupergraph, checkSupergraph } from '../check-supergraph';
import { type CommandOutput, diagnose, runCommand, usageError } from '../output';
import { withProgress } from '../progress';

interface ValidateOptions {
  readonly config?: string;
  readonly offline?: boolean;
}

/** `headgate validate`: exit 3 when the configuration is wrong, 1 when what it names cannot be served. */
export function registerValidate(program: Command): void {
  program
    .command('validate')
    .description('check a configuration, the files that it names, and what they compose to')
    .option('--config <file>', 'the configuration; ./headgate.yaml by default')
    .option('--offline', 'ask no running subgraph for its SDL')
    .action(runCommand(validate));
}

async function validate({ config, offline = false }: ValidateOptions): Promise<CommandOutput> {
  const loaded = await loadSettings(config === undefined ? {} : { path: config });
  const { path } = loaded;
  if (path === null)
    throw usageError('there is no ./headgate.yaml; name a file with --config FILE, or write one with: headgate init');
  checkFiles(loaded);
  const notInEffect = keysNotInEffect(loaded.given);
  for (const key of notInEffect) diagnose(`${key} is accepted and not in effect in this version`);
  const checked = await withProgress('composing', checkSupergraph(remakeConfig({ ...loaded, dev: false }), offline));
  if (checked.notAsked.length > 0) diagnose(notAsked(checked));
  for (const hint of checked.hints) diagnose(hint);
  if (isEmpty(loaded.given))
    diagnose(`${path} says nothing: a gateway that serves what is published to it. headgate init writes an example`);
  const { subgraphs, composed, notAsked: skipped, hints } = checked;
  return {
    data: { path, not_in_effect: notInEffect, subgraphs, composed, not_asked: skipped, hints },
    text: `${path} is valid`,
  };
}

function notAsked({ notAsked: names }: CheckedSupergraph): string {
  const [one] = names;
  const subject = names.length === 1 ? `subgraph ${one} was` : `subgraphs ${names.join(', ')} were`;
  return `${subject} not asked for an SDL, so nothing was composed; without --offline it is`;
}

function isEmpty(given: unknown): boolean {
  return typeof given !== 'object' || given === null || Object.keys(given).length === 0;
}
