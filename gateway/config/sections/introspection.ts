import { z } from 'zod';
import { duration } from '../duration';
import { httpUrl } from '../http-url';
import { tokenPlaces } from './token-places';

const text = z.string().min(1).max(2048);

export const introspection = z
  .strictObject({
    endpoint: httpUrl().describe('Where a server says which of its tokens are active (RFC 7662).'),
    client_id: text.describe('Who the gateway is there.'),
    client_secret: text.describe('How it proves that; from a file or the environment.'),
    cache_ttl: duration({ maxMs: 60_000 }).prefault('60s').describe('For how long an answer counts, at most a minute.'),
    issuers: z.array(text).min(1).max(100).exactOptional().describe('One of them has to be `iss`.'),
    audiences: z.array(text).min(1).max(100).exactOptional().describe('One of them has to be in `aud`.'),
    sources: tokenPlaces,
  })
  .describe('Tokens about which the server that issued them is asked.');
