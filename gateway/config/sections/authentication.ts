import { z } from 'zod';
import { introspection } from './introspection';
import { jwt } from './jwt';
import { headerName } from './names';

/** RFC 6749, section 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'expected a scope: no spaces, quotes or backslashes');

const apiKey = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits and ._-')
    .describe('Who it belongs to; the claim `sub`.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of the key as 64 lower-case hexadecimal digits')
    .describe('Hash of the key: `printf %s "$KEY" | sha256sum`.'),
  scopes: z.array(scope).max(200).prefault([]).describe('What it may do, for authorization.'),
  expires: z.iso.datetime({ offset: true }).optional().describe('When it ends, e.g. `2027-01-31T00:00:00Z`.'),
});

const apiKeys = z
  .strictObject({
    header: headerName.prefault('x-api-key').describe('The header that has the key.'),
    keys: z.array(apiKey).min(1).max(1000).describe('Each by its hash.'),
  })
  .describe('Keys of clients that are known by their hash.');

export const authentication = z
  .strictObject({
    jwt: jwt.exactOptional(),
    introspection: introspection.exactOptional(),
    api_keys: apiKeys.exactOptional(),
    require: z.boolean().prefault(false).describe('True: an operation without credentials is refused with 401.'),
  })
  .exactOptional()
  .describe('Who asks. Absent: nobody asks who asks.');
