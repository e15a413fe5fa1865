import { z } from 'zod';
import { listen } from '../listen';
import { size } from '../size';

/** RFC 6750: what fits behind `Bearer `. An empty token is none. */
export const adminTokenSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~+/-]*=*$/, 'expected letters, digits and ._~+/- as a bearer token');

const listener = z.strictObject({
  listen: listen().prefault('127.0.0.1:4400').describe('Address for operators. Anything but loopback needs a token.'),
  token: adminTokenSchema.prefault('').describe('Bearer token; when empty, the one in HEADGATE_ADMIN_TOKEN, or none.'),
  request_bytes: size().prefault('10MB').describe('Largest request body, e.g. a published schema.'),
});

export const admin = z
  .union([z.literal(false), listener], { error: 'expected the keys of the admin listener, or false to switch it off' })
  .prefault({})
  .describe('The listener for operators: registry, metrics, pool actions.');
