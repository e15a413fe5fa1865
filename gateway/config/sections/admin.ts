import { z } from 'zod';
import { KEY_SCOPE, KEY_SCOPES } from '../../registry/key-form';
import { listen } from '../listen';
import { size } from '../size';
import { hashedKey } from './hashed-key';

/** RFC 6750: what fits behind `Bearer `. An empty token is none. */
export const adminTokenSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~+/-]*=*$/, 'expected letters, digits and ._~+/- as a bearer token');

const key = hashedKey(
  'Whom the journal of the registry and the log name.',
  z
    .array(z.string().regex(KEY_SCOPE, `expected ${KEY_SCOPES}`))
    .min(1)
    .describe(
      '`read`: every GET. `check`: judge a schema. `publish:default/team-*`: publish and delete subgraphs of that name, their leases, and check. `operations`: publish and delete manifests of persisted documents. `admin`: everything.',
    ),
);

const listener = z.strictObject({
  listen: listen().prefault('127.0.0.1:4400').describe('Address for operators. Anything but loopback needs a token.'),
  token: adminTokenSchema.prefault('').describe('Bearer token; when empty, the one in HEADGATE_ADMIN_TOKEN, or none.'),
  keys: z
    .array(key)
    .max(1000)
    .prefault([])
    .describe(
      'Keys that may do some things only, sent as a bearer token. With any of them, callers without are refused.',
    ),
  request_bytes: size().prefault('10MB').describe('Largest request body, e.g. a published schema.'),
});

export const admin = z
  .union([z.literal(false), listener], { error: 'expected the keys of the admin listener, or false to switch it off' })
  .prefault({})
  .describe('The listener for operators: registry, metrics, pool actions.');
