import { z } from 'zod';
import { wrongPattern } from '../../transport/redaction';
import { duration } from '../duration';
import { size } from '../size';

const later = () => z.unknown().exactOptional().describe('Accepted, not in effect in this version.');

const pattern = z
  .string()
  .min(1)
  .max(512)
  .superRefine((text, context) => {
    const wrong = wrongPattern(text);
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
  })
  .describe('An RE2 pattern: whatever fits it anywhere.');

const tag = z
  .string()
  .min(1)
  .max(128)
  .describe('A name of `@tag`: values of fields, arguments and input fields that have it, or whose type has it.');

const redact = z
  .array(
    z.union(
      [z.enum(['headers', 'variables', 'messages']), z.strictObject({ matching: pattern }), z.strictObject({ tag })],
      {
        error: 'expected headers, variables, messages, { matching: PATTERN }, or { tag: NAME }',
      },
    ),
  )
  .max(100)
  .prefault(['headers', 'variables'])
  .describe(
    'What is taken out of what subgraphs say, before it is logged: values of headers, values of variables, values of what has a tag, what fits a pattern, or all messages. With a tag, literals are taken out of documents as well.',
  );

const LONGEST_USAGE_MS = 400 * 24 * 3_600_000;

const usage = z
  .strictObject({
    enabled: z
      .boolean()
      .exactOptional()
      .describe('Which operations clients ask for is recorded, in registry.directory. Default: with a registry.'),
    retention: duration({ minMs: 24 * 3_600_000, maxMs: LONGEST_USAGE_MS })
      .prefault('30d')
      .describe('What nobody has asked for since is forgotten.'),
    max_bytes: size()
      .prefault('16MB')
      .describe('In memory and on disk. Beyond it, what was asked for least is forgotten.'),
  })
  .prefault({})
  .describe('Operations with their clients, for the checks of a registry.');

export const telemetry = z
  .strictObject({
    service_name: later(),
    traces: later(),
    metrics: later(),
    logs: z.strictObject({ fields: later(), redact }).prefault({}).describe('The log.'),
    usage,
  })
  .prefault({})
  .describe('What is told of requests.');
