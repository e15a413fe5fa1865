import { z } from 'zod';
import { wrongPattern } from '../../transport/redaction';

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

export const telemetry = z
  .strictObject({
    service_name: later(),
    traces: later(),
    metrics: later(),
    logs: z.strictObject({ fields: later(), redact }).prefault({}).describe('The log.'),
    usage: later(),
  })
  .prefault({})
  .describe('What is told of requests.');
