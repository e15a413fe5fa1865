import { z } from 'zod';
import { OriginPattern } from '../../http/browsers/origin-pattern';
import { duration } from '../duration';

/** What browsers keep for so long at most. */
const MAX_AGE_MS = 24 * 3_600_000;

const name = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'expected a header name');
const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const origin = z
  .string()
  .max(300)
  .superRefine((text, context) => {
    const wrong = wrongOrigin(text);
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong });
  });

const pattern = z
  .string()
  .min(1)
  .max(512)
  .superRefine((text, context) => {
    try {
      new OriginPattern(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });

function wrongOrigin(text: string): string | null {
  if (text === 'null') return null;
  if (text === '*') return 'every origin is cors.allow_any_origin: true, without credentials';
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s,*]+$/.test(text))
    return `expected an origin as browsers send it, scheme://host:port and no path; patterns stand in match_origins`;
  if (!/^https?:/.test(text)) return null;
  const sent = URL.canParse(text) ? new URL(text).origin : null;
  return sent === text ? null : `browsers send ${sent ?? 'no such origin'}`;
}

const rules = {
  allow_headers: z
    .array(name)
    .max(100)
    .exactOptional()
    .describe('Headers that a page may send; when empty, those that it asks for.'),
  expose_headers: z
    .array(name)
    .max(100)
    .exactOptional()
    .describe('Headers of answers that a page may read, e.g. `x-request-id`.'),
  methods: z.array(method).max(10).exactOptional().describe('Methods that a page may use.'),
  max_age: duration({ minMs: 0, maxMs: MAX_AGE_MS })
    .exactOptional()
    .describe('How long a browser may remember the answer to its preflight.'),
};

const policy = z
  .strictObject({
    origins: z.array(origin).max(1_000).prefault([]).describe('Origins as they are: `https://app.example.com`.'),
    match_origins: z
      .array(pattern)
      .max(100)
      .prefault([])
      .describe('RE2 patterns, each of a whole origin: `https://[a-z0-9-]+\\.example\\.com`.'),
    allow_credentials: z.boolean().exactOptional().describe('Cookies of the browser go along.'),
    ...rules,
  })
  .refine(({ origins, match_origins: patterns }) => origins.length + patterns.length > 0, {
    message: 'names no origin; give origins or match_origins',
  });

export const cors = z
  .strictObject({
    allow_any_origin: z
      .boolean()
      .prefault(false)
      .describe('Pages of every origin may ask, without credentials of the browser.'),
    allow_credentials: z.boolean().prefault(false).describe('For policies that do not say it themselves.'),
    allow_headers: rules.allow_headers.unwrap().prefault([]),
    expose_headers: rules.expose_headers.unwrap().prefault([]),
    methods: rules.methods.unwrap().prefault(['GET', 'POST']),
    max_age: rules.max_age,
    policies: z
      .array(policy)
      .max(200)
      .prefault([])
      .describe('What pages of which origins may do; the first that fits. What one does not say is as above.'),
  })
  .exactOptional()
  .describe('What pages of other origins may do. Absent: nothing.');
