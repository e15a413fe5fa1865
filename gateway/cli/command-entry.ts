import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  /** What follows the name, for the list of commands. */
  readonly synopsis: string;
  readonly description: string;
  readonly load: () => RegisterCommand;
}

/** @param commands all that there are, its own among them */
type RegisterCommand = (program: Command, commands: readonly CommandEntry[]) => void;
