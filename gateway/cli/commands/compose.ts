import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Composition, closeCompositionThread, composeSubgraphs } from '../../supergraph/compose';
import { writeFileAtomically } from '../../supergraph/write-file';
import { type CommandOutput, diagnose, runCommand } from '../output';
import { withProgress } from '../progress';
import { subgraphsIn } from '../subgraph-definitions';

/** `headgate compose`: exit 1 when the subgraphs do not compose, 3 when the YAML is wrong. */
export function registerCompose(program: Command): void {
  program
    .command('compose')
    .description('print the supergraph that the subgraphs of a supergraph.yaml compose to')
    .requiredOption('--config <file>', "supergraph.yaml, in Rover's form or in wgc's")
    .option('--output <file>', 'write the supergraph to a file instead of stdout')
    .action(runCommand(compose));
}

async function compose(options: { readonly config: string; readonly output?: string }): Promise<CommandOutput> {
  try {
    const { sdl, hints } = await withProgress('composing', composed(options.config));
    for (const hint of hints) diagnose(`hint[${hint.code}] ${hint.message}`);
    if (options.output === undefined) return { data: { sdl, hints }, text: sdl };
    const output = resolve(options.output);
    await writeFileAtomically(output, sdl.endsWith('\n') ? sdl : `${sdl}\n`);
    diagnose(`wrote ${output}`);
    return { data: { output, hints }, text: '' };
  } finally {
    await closeCompositionThread();
  }
}

async function composed(file: string): Promise<Composition> {
  return composeSubgraphs(await subgraphsIn(file));
}
