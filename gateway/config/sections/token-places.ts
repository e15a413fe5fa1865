import { z } from 'zod';
import { tokenName } from './names';

const tokenPlace = z
  .strictObject({
    type: z.enum(['header', 'cookie']),
    name: tokenName.exactOptional().describe('Of the header or the cookie; of a header `authorization` by itself.'),
    prefix: z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/, 'expected a word such as Bearer')
      .exactOptional()
      .describe('What stands in front of the token in a header: `Bearer` by itself; empty: nothing does.'),
  })
  .refine(({ type, name }) => type === 'header' || name !== undefined, {
    path: ['name'],
    message: 'a cookie has a name',
  })
  .refine(({ type, prefix }) => type === 'header' || prefix === undefined, {
    path: ['prefix'],
    message: 'a cookie has no prefix',
  });

export const tokenPlaces = z
  .array(tokenPlace)
  .min(1)
  .max(10)
  .exactOptional()
  .describe('Where a request has its token: the first of them that is there. Absent: `authorization: Bearer …`.');
