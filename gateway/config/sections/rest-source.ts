import { z } from 'zod';
import { isForwardable } from '../../transport/header-names';
import { fetchVocabulary } from '../../vocabulary/fetch';
import { duration } from '../duration';
import { expression } from '../expression';
import { size } from '../size';
import { checkWhereabouts, whereabouts } from './instances';
import { answerLimits } from './shaping/answer-limits';
import { near } from './shaping/layers';
import { poolNear } from './shaping/pool';
import { sourceConfig } from './source-config';
import { auth } from './token';

const headerName = z
  .string()
  .refine((name) => isForwardable(name.toLowerCase()), 'expected the name of a header that a request may have');

const idempotencyKey = z
  .strictObject({
    header: headerName.prefault('Idempotency-Key').describe('Header that carries the key.'),
  })
  .exactOptional()
  .describe('Sends a key of its own with each POST and PATCH, the same one when it is sent again.');

const cache = z
  .strictObject({
    enabled: z.boolean().prefault(false).describe('Off: no answer is kept.'),
    max_bytes: size().prefault('50MB').describe('What is kept at most, in each worker.'),
    key_headers: z
      .array(headerName)
      .max(50)
      .prefault([])
      .describe(
        'Headers that tell requests apart beside the URL and what answers vary by; all that are sent when empty.',
      ),
  })
  .describe('Keeps answers as HTTP allows it (RFC 9111).');

export type Cache = z.output<typeof cache>;

/** One source of a REST subgraph: its instances, and whatever differs from the traffic shaping of the subgraph. */
export const restSource = z
  .strictObject({
    ...whereabouts,
    auth,
    env: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, 'expected the name of an environment variable'))
      .max(100)
      .exactOptional()
      .describe('Environment variables that an adapter may send to this source as $env.NAME; none when absent.'),
    config: sourceConfig,
    context: z
      .record(
        z.string().regex(/^[A-Za-z_]\w{0,199}$/, 'expected a name that a mapping can read'),
        expression(fetchVocabulary('')),
      )
      .exactOptional()
      .describe('What mappings read as $context when they ask this source: CEL, by name.'),
    timeout: duration().exactOptional().describe('One request to this source, retries included.'),
    limits: z.strictObject(near(answerLimits)).exactOptional().describe('What one answer of this source may be.'),
    safe_posts: z
      .boolean()
      .exactOptional()
      .describe('POST requests of fields that are no mutations only read: they are shared and sent again as GET is.'),
    idempotency_key: idempotencyKey,
    cache: cache.exactOptional(),
    ...poolNear,
  })
  .superRefine(checkWhereabouts);
