import { type ParseArgsConfig, parseArgs } from 'node:util';

type Flags = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Flags> = ReturnType<typeof parseArgs<{ args: string[]; options: T; strict: true }>>['values'];

/** Wrong usage; the message names the option. */
export class UsageError extends Error {}

/** The values of the flags, none besides. Throws {@link UsageError}. */
export function readFlags<T extends Flags>(args: readonly string[], options: T): Values<T> {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
