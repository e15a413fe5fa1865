import { readFlags, UsageError } from '../flags';

export interface ChaosOptions {
  /** Ids; null: all. */
  readonly rows: readonly string[] | null;
  readonly repeat: number;
  /** Whether others go through the same. */
  readonly peers: boolean;
  readonly jsonFile?: string;
  readonly markdownFile?: string;
}

const FLAGS = {
  rows: { type: 'string' },
  repeat: { type: 'string' },
  peers: { type: 'boolean' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  help: { type: 'boolean' },
} as const;
const REPEAT_MAX = 100;

export const USAGE = `Usage: npm run chaos -- [options]

  --rows LIST    such as LB-04,LB-08 (default all)
  --repeat N     each row so many times (default 1)
  --peers        the same faults for HAProxy, nginx and undici's BalancedPool, as far as they are installed
  --json FILE, --markdown FILE
`;

/** The options of a run, or `help`. Throws {@link UsageError}. */
export function parseOptions(args: readonly string[], known: readonly string[]): ChaosOptions | 'help' {
  const flags = readFlags(args, FLAGS);
  if (flags.help) return 'help';
  return {
    rows: flags.rows === undefined ? null : readRows(flags.rows, known),
    repeat: readRepeat(flags.repeat ?? '1'),
    peers: flags.peers ?? false,
    ...(flags.json === undefined ? {} : { jsonFile: flags.json }),
    ...(flags.markdown === undefined ? {} : { markdownFile: flags.markdown }),
  };
}

function readRows(text: string, known: readonly string[]): readonly string[] {
  const names = text.split(',').map((name) => name.trim().toUpperCase());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`--rows: "${unknown}" is none of ${known.join(', ')}`);
  return names;
}

function readRepeat(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= REPEAT_MAX) return number;
  throw new UsageError(`--repeat: "${text}" is not a whole number from 1 to ${REPEAT_MAX}`);
}
