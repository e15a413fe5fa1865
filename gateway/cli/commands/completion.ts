import { Argument, Command } from 'commander';
import type { CommandEntry } from '../command-entry';
import { completionScript, SHELLS, type Shell } from '../completion-scripts';
import { type CommandOutput, runCommand } from '../output';

/** `headgate completion`: prints what a shell reads to complete our commands and options. */
export function registerCompletion(program: Command, commands: readonly CommandEntry[]): void {
  program
    .command('completion')
    .description('print the completion of commands and options for a shell')
    .addArgument(new Argument('<shell>', 'whose').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(headgate completion bash)
  headgate completion zsh > "\${fpath[1]}/_headgate"
  headgate completion fish > ~/.config/fish/completions/headgate.fish
`,
    )
    .action(runCommand((shell: Shell) => completion(shell, commands)));
}

async function completion(shell: Shell, commands: readonly CommandEntry[]): Promise<CommandOutput> {
  const program = new Command('headgate');
  for (const { load } of commands) load()(program, commands);
  const text = completionScript(shell, program);
  return { data: { shell, script: text }, text };
}
