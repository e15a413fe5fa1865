import { z } from 'zod';
import { LINT_RULES, type LintRule } from '../../supergraph/lint/lint';
import { duration } from '../duration';

const LONGEST_AGE_MS = 3_650 * 24 * 3_600_000;

const retention = z
  .strictObject({
    revisions: z.int().min(1).max(1_000_000).prefault(1_000).describe('So many of the newest are kept, however old.'),
    age: duration({ minMs: 0, maxMs: LONGEST_AGE_MS })
      .prefault('90d')
      .describe('Younger ones are kept, however many. 0ms keeps by number only.'),
  })
  .prefault({});

const LONGEST_WINDOW_MS = 365 * 24 * 3_600_000;

const checks = z
  .strictObject({
    breaking: z
      .enum(['used', 'all', 'off'])
      .prefault('used')
      .describe('Which breaking changes are refused: those that recorded operations of clients notice, all, or none.'),
    window: duration({ minMs: 60_000, maxMs: LONGEST_WINDOW_MS })
      .prefault('7d')
      .describe('Operations that nobody has asked for since count no more; see telemetry.usage.'),
  })
  .prefault({})
  .describe('What is asked of a publish beside that it composes.');

const RECOMMENDED: ReadonlySet<string> = new Set([
  'type_names',
  'field_names',
  'argument_names',
  'enum_values',
  'deprecation_reasons',
] satisfies LintRule[]);

function level([rule, meaning]: readonly [string, string]) {
  const what = z.enum(['off', 'warn', 'error']).prefault(RECOMMENDED.has(rule) ? 'warn' : 'off');
  return [rule, what.describe(`${meaning[0]?.toUpperCase()}${meaning.slice(1)}.`)] as const;
}

type Levels = Readonly<Record<LintRule, ReturnType<typeof level>[1]>>;

const lint = z
  // as: of the names of the rules
  .strictObject(Object.fromEntries(Object.entries(LINT_RULES).map(level)) as unknown as Levels)
  .prefault({})
  .describe('Rules for what is new in an SDL that is published: errors refuse it.');

export const registry = z
  .strictObject({
    directory: z.string().min(1).prefault('./.headgate/registry').describe('Journal and schemas.'),
    retention: z
      .union([z.literal(false), retention], { error: 'expected revisions and age, or false to keep everything' })
      .prefault({})
      .describe('What is older than both is pruned, never what is served. false keeps everything.'),
    checks,
    lint,
  })
  .prefault({})
  .describe('The registry inside the gateway.');
