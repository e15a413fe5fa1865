import type { Command } from 'commander';
import { configJsonSchema } from '../../config/json-schema';
import { loadSettings } from '../../config/load';
import { effectiveSettings, printSettings } from '../../config/print';
import { type CommandOutput, runCommand } from '../output';

/** `headgate config schema|print`: exit 3 when the configuration is wrong. */
export function registerConfig(program: Command): void {
  const config = program.command('config').description('show what a configuration may say, and what it comes to');
  config
    .command('schema')
    .description('print the JSON Schema of headgate.yaml')
    .action(runCommand(async () => printSchema()));
  config
    .command('print')
    .description('print the configuration as it takes effect, secrets masked')
    .option('--config <file>', 'the configuration; ./headgate.yaml by default')
    .action(runCommand(printConfig));
}

/** Text and JSON are the schema itself: editors read it as it is. */
function printSchema(): CommandOutput {
  const schema = configJsonSchema();
  return { data: schema, text: JSON.stringify(schema, null, 2) };
}

async function printConfig({ config }: { readonly config?: string }): Promise<CommandOutput> {
  const loaded = await loadSettings(config === undefined ? {} : { path: config });
  return { data: effectiveSettings(loaded), text: printSettings(loaded) };
}
