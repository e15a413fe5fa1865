import { z } from 'zod';
import { ASYMMETRIC, SYMMETRIC } from '../../authentication/jwt/algorithms';
import { duration } from '../duration';
import { httpUrl } from '../http-url';
import { tokenPlaces } from './token-places';

const algorithm = z.enum([...ASYMMETRIC, ...SYMMETRIC]);
const text = z.string().min(1).max(2048);

const keySet = z
  .strictObject({
    url: httpUrl({ query: true }).exactOptional().describe('Where an identity provider publishes its keys.'),
    issuer_url: httpUrl()
      .exactOptional()
      .describe(
        'An OpenID provider, whose configuration says where its keys are; the issuer that tokens have to name.',
      ),
    file: z
      .string()
      .min(1)
      .exactOptional()
      .describe('A JSON Web Key Set on this machine; the only place for secrets (HS256).'),
    issuers: z.array(text).min(1).max(100).exactOptional().describe('One of them has to be `iss`.'),
    audiences: z.array(text).min(1).max(100).exactOptional().describe('One of them has to be in `aud`.'),
    algorithms: z
      .array(algorithm)
      .min(1)
      .exactOptional()
      .describe('Those that count. Absent: all that fit the key; HS256, HS384 and HS512 for keys of a file only.'),
    poll_interval: duration({ minMs: 1_000 })
      .prefault('5m')
      .describe('Time between two looks at keys that are no file.'),
    allow_missing_exp: z.boolean().prefault(false).describe('True: tokens that do not end count.'),
  })
  .refine(({ url, issuer_url, file }) => [url, issuer_url, file].filter((one) => one !== undefined).length === 1, {
    message: 'expected one of url, issuer_url and file',
  })
  .refine(
    ({ file, algorithms = [] }) =>
      file !== undefined || !algorithms.some((one) => SYMMETRIC.some((other) => other === one)),
    {
      path: ['algorithms'],
      message: `${SYMMETRIC.join(', ')} need a secret, and what is published is none; give the keys as a file`,
    },
  );

export const jwt = z
  .strictObject({
    jwks: z.array(keySet).min(1).max(20).describe('Sets of keys, each with what is demanded of tokens that it signs.'),
    sources: tokenPlaces,
    scopes_claim: z
      .string()
      .min(1)
      .max(256)
      .prefault('scope')
      .describe('The claim that has the scopes: a text with spaces, or a list.'),
    leeway: duration({ minMs: 0, maxMs: 600_000 }).prefault('60s').describe('By how much clocks may differ.'),
    on_error: z
      .enum(['reject', 'continue'])
      .prefault('reject')
      .describe('`continue`: whoever has a wrong token is nobody in particular, and not refused.'),
  })
  .describe('JSON Web Tokens.');
