import { z } from 'zod';
import { httpUrl } from '../http-url';
import { headerName } from './names';

const text = z.string().min(1).max(2048);
/** RFC 6749, section 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'expected one scope, without blanks');

const client = {
  token_endpoint: httpUrl().describe('Where tokens are given.'),
  client_id: text.describe('Who the gateway is there.'),
  client_secret: text.describe('How it proves that; from a file or the environment.'),
  scopes: z
    .array(scope)
    .max(100)
    .prefault([])
    .describe('What is asked for; what the server gives by itself when empty.'),
  audience: text.exactOptional().describe('Whom the token is for, as the server calls it.'),
};

const subjectToken = z
  .strictObject({
    header: headerName.prefault('authorization').describe('The header that has it.'),
    prefix: z.string().max(100).prefault('Bearer').describe('The word in front of it; empty: none.'),
    type: text.prefault('urn:ietf:params:oauth:token-type:access_token').describe('What it is, a URN of RFC 8693.'),
  })
  .prefault({})
  .describe("The client's token.");

/** Exactly one of the two. */
export const auth = z
  .strictObject({
    client_credentials: z.strictObject(client).exactOptional().describe('A token for the gateway itself (RFC 6749).'),
    token_exchange: z
      .strictObject({ ...client, subject_token: subjectToken })
      .exactOptional()
      .describe('A token for the client, for which its own is exchanged (RFC 8693). A client without one has none.'),
  })
  .refine((value) => Object.keys(value).length === 1, 'expected either client_credentials or token_exchange')
  .exactOptional()
  .describe('The token that calls show in their authorization header.');
