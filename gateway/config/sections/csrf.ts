import { z } from 'zod';

const name = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'expected a header name')
  .refine((text) => !SAFELISTED.has(text.toLowerCase()), {
    error: (issue) => `any page can send ${issue.input} unasked; name a header of your own`,
  });

/** What pages may send without asking, and what browsers send by themselves. */
const SAFELISTED: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-language',
  'content-length',
  'content-type',
  'cookie',
  'host',
  'origin',
  'range',
  'referer',
  'user-agent',
]);

export const csrf = z
  .strictObject({
    enabled: z.boolean().prefault(true).describe('False: a GET that any page could have had sent is executed.'),
    required_headers: z
      .array(name)
      .max(50)
      .prefault(['x-apollo-operation-name', 'apollo-require-preflight'])
      .describe(
        'A GET without content-type has to have one of these, or come from an origin that a policy of cors names.',
      ),
  })
  .prefault({})
  .describe('Requests that a page of another site could forge.');
