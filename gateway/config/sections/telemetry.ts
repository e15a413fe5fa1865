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

const redact = z
  .array(
    z.union([z.enum(['headers', 'variables', 'messages']), z.strictObject({ matching: pattern })], {
      error: 'expected headers, variables, messages, or { matching: PATTERN }',
    }),
  )
  .max(100)
  .prefault(['headers', 'variables'])
  .describe(
    'What is taken out of what subgraphs say, before it is logged: values of headers, values of variables, what fits a pattern, or all messages.',
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
