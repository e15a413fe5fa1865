import { resolve } from 'node:path';
import { OPERATIONS, type OperationName } from './federation/federation';
import { readFlags, UsageError } from './flags';

const TRAFFIC = ['identical', 'traced', 'unique', 'changing'] as const;
/**
 * Whether clients send the same bytes; traced: beside a `traceparent` of each request that nobody reads; unique: an
 * `authorization` of its own that subgraphs get to see; changing: that, and no two answers of a subgraph have the same bytes.
 */
export type Traffic = (typeof TRAFFIC)[number];

/** Whether gateways are to forward the `authorization` of clients. */
export function forwards(traffic: Traffic): boolean {
  return traffic === 'unique' || traffic === 'changing';
}

export interface BenchOptions {
  /** Ids, in the order they take turns. */
  readonly gateways: readonly string[];
  readonly operations: readonly OperationName[];
  readonly traffic: readonly Traffic[];
  /** A git revision of Headgate to measure as well. */
  readonly baseline?: string;
  readonly connections: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly rounds: number;
  /** Gateways stay up and take turns in rounds, warmed up once: for differences that are smaller than a machine's moods. */
  readonly interleave: boolean;
  /** The Node.js that runs the gateways. */
  readonly node: string;
  /** A folder for CPU profiles of the gateways. */
  readonly profileFolder?: string;
  readonly jsonFile?: string;
  readonly markdownFile?: string;
}

/** What a run may choose from. */
export interface Choices {
  readonly gateways: readonly string[];
  readonly defaultGateways: readonly string[];
}

const FLAGS = {
  gateways: { type: 'string' },
  operations: { type: 'string' },
  traffic: { type: 'string' },
  unique: { type: 'boolean' },
  baseline: { type: 'string' },
  connections: { type: 'string' },
  seconds: { type: 'string' },
  warmup: { type: 'string' },
  rounds: { type: 'string' },
  interleave: { type: 'boolean' },
  quick: { type: 'boolean' },
  node: { type: 'string' },
  profile: { type: 'string' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  help: { type: 'boolean' },
} as const;

const THOROUGH = { seconds: 8, warmup: 4, rounds: 3 };
const QUICK = { seconds: 2, warmup: 2, rounds: 1 };

export const usage = ({ gateways, defaultGateways }: Choices): string => `Usage: npm run bench -- [options]

  --gateways LIST      of ${gateways.join(', ')}; or all
                       (default ${defaultGateways.join(',')})
  --operations LIST    of ${OPERATIONS.join(', ')} (default all)
  --traffic LIST       identical: every request has the same bytes; traced: the same, beside a traceparent of its own
                       that nobody reads; unique: each has an authorization header of its own, forwarded to
                       the subgraphs; changing: the same, and no two answers of a subgraph are the same bytes
                       (default identical)
  --unique             the same as --traffic unique
  --baseline REV       Headgate at a git revision as well
  --connections N      that ask again as soon as they are answered (default 50)
  --seconds N          measured, a round (default ${THOROUGH.seconds})
  --warmup N           seconds of load before it is measured (default ${THOROUGH.warmup})
  --rounds N           (default ${THOROUGH.rounds})
  --interleave         gateways stay up for all rounds of an operation and take turns after one warm-up: many short
                       rounds compare two revisions better than few long ones
  --quick              ${QUICK.rounds} round of ${QUICK.seconds} s: a smoke test
  --node PATH          the Node.js that runs the gateways (default this one)
  --profile FOLDER     write a CPU profile of every measurement there; the figures then include the profiler
  --json FILE, --markdown FILE
`;

/** The options of a run, or `help`. Throws {@link UsageError}. */
export function parseOptions(args: readonly string[], choices: Choices): BenchOptions | 'help' {
  const flags = readFlags(args, FLAGS);
  if (flags.help) return 'help';
  const preset = flags.quick ? QUICK : THOROUGH;
  return {
    gateways: readGateways(flags.gateways, choices),
    operations: readList('operations', flags.operations ?? OPERATIONS.join(), OPERATIONS),
    traffic: readTraffic(flags.traffic, flags.unique),
    connections: readNumber('connections', flags.connections, 50, 1, 1_000),
    seconds: readNumber('seconds', flags.seconds, preset.seconds, 1, 600),
    warmupSeconds: readNumber('warmup', flags.warmup, preset.warmup, 0, 60),
    rounds: readNumber('rounds', flags.rounds, preset.rounds, 1, 50),
    interleave: flags.interleave ?? false,
    node: flags.node ?? process.execPath,
    ...(flags.baseline === undefined ? {} : { baseline: flags.baseline }),
    ...(flags.profile === undefined ? {} : { profileFolder: resolve(flags.profile) }),
    ...(flags.json === undefined ? {} : { jsonFile: flags.json }),
    ...(flags.markdown === undefined ? {} : { markdownFile: flags.markdown }),
  };
}

function readGateways(text: string | undefined, { gateways, defaultGateways }: Choices): readonly string[] {
  if (text === undefined) return defaultGateways;
  return text === 'all' ? gateways : readList('gateways', text, gateways);
}

function readTraffic(text: string | undefined, unique: boolean | undefined): readonly Traffic[] {
  if (text !== undefined && unique) throw new UsageError('--unique is short for --traffic unique; give one of them');
  return readList('traffic', text ?? (unique ? 'unique' : 'identical'), TRAFFIC);
}

function readList<T extends string>(flag: string, text: string, known: readonly T[]): readonly T[] {
  const names = new Set(text.split(',').map((name) => name.trim()));
  const found = known.filter((name) => names.delete(name));
  const [unknown] = names;
  if (unknown !== undefined) throw new UsageError(`--${flag}: "${unknown}" is none of ${known.join(', ')}`);
  return found;
}

function readNumber(flag: string, text: string | undefined, preset: number, min: number, max: number): number {
  if (text === undefined) return preset;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`--${flag}: "${text}" is not a whole number from ${min} to ${max}`);
}
