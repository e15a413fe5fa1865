import { z } from 'zod';
import { KEY_NAME } from '../../registry/key-form';

/**
 * A secret key of which the file has the hash only, whoever it is for.
 * @param whose what its name says @param scopes what it may do
 */
export function hashedKey<Scopes extends z.ZodType>(whose: string, scopes: Scopes) {
  return z.strictObject({
    name: z.string().regex(KEY_NAME, 'expected letters, digits and ._-').describe(whose),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of the key as 64 lower-case hexadecimal digits')
      .describe('Hash of the key: `printf %s "$KEY" | sha256sum`.'),
    scopes,
    expires: z.iso.datetime({ offset: true }).optional().describe('When it ends, e.g. `2027-01-31T00:00:00Z`.'),
  });
}
