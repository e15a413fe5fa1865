import { z } from 'zod';
import { hashedKey } from './hashed-key';
import { introspection } from './introspection';
import { jwt } from './jwt';
import { headerName } from './names';

/** RFC 6749, section 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'expected a scope: no spaces, quotes or backslashes');

const apiKey = hashedKey(
  'Who it belongs to; the claim `sub`.',
  z.array(scope).max(200).prefault([]).describe('What it may do, for authorization.'),
);

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
    mtls: z
      .strictObject({ enabled: z.boolean().prefault(false) })
      .prefault({})
      .describe('True: whoever shows a certificate by `server.tls.client_ca` is who that says.'),
    require: z.boolean().prefault(false).describe('True: an operation without credentials is refused with 401.'),
  })
  .exactOptional()
  .describe('Who asks. Absent: nobody asks who asks.');
