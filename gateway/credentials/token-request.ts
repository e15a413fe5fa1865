import type { Cancellation } from '../cancellation';
import { parseOrNone } from '../json/parse';
import type { Pool, PoolAnswer } from '../pool/pool';
import type { TokenOptions } from './options';

const ANSWER_BYTES_MAX = 64_000;
/** Of all attempts together, and of one. */
const DEADLINE_MS = 3_000;
const ATTEMPT_MS = 1_500;
/** Where the server does not say for how long a token is good. */
const LIFETIME_S = 300;
/** What a header takes (RFC 6750, section 2.1), and servers still read. */
const TOKEN = /^[A-Za-z0-9\-._~+/]{1,16000}=*$/;
/** As the specifications have them, RFC 6749, section 5.2, and RFC 8693, section 2.2.2. */
const ERROR_CODE = /^[a-z_]{1,40}$/;

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

export interface IssuedToken {
  readonly text: string;
  readonly lifetimeMs: number;
}

/**
 * Asks a server for a token.
 * @param subject the token that is exchanged; null: none
 * @throws {HeadgateError} of the pool, or the reason of the cancellation
 * @throws {Error} the server gives none; without anything of its answer but the code
 */
export async function requestToken(
  { clientId, clientSecret, scopes, audience, subject: exchanged }: TokenOptions,
  subject: string | null,
  pool: Pool,
  cancellation: Cancellation,
): Promise<IssuedToken> {
  const form = new URLSearchParams({ grant_type: subject === null ? 'client_credentials' : EXCHANGE });
  if (subject !== null && exchanged !== null) {
    form.set('subject_token', subject);
    form.set('subject_token_type', exchanged.type);
  }
  if (scopes.length > 0) form.set('scope', scopes.join(' '));
  if (audience !== null) form.set('audience', audience);
  const answer = await pool.request({
    method: 'POST',
    path: '',
    headers: {
      accept: 'application/json',
      authorization: basic(clientId, clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
    // Another token is as good.
    repeatable: true,
    deadlineAt: performance.now() + DEADLINE_MS,
    attemptTimeoutMs: ATTEMPT_MS,
    cancellation,
    responseBytesMax: ANSWER_BYTES_MAX,
  });
  return tokenIn(answer);
}

function tokenIn({ status, body, held }: PoolAnswer): IssuedToken {
  const said = parseOrNone(body.toString('utf8'));
  held?.release();
  const members: Readonly<Record<string, unknown>> =
    typeof said === 'object' && said !== null ? (said as Readonly<Record<string, unknown>>) : {}; // as: an object of JSON
  if (status !== 200) {
    const { error } = members;
    const code = typeof error === 'string' && ERROR_CODE.test(error) ? ` (${error})` : '';
    throw new Error(`the token endpoint answered ${status}${code}`);
  }
  const { access_token: text, token_type: type, expires_in: seconds } = members;
  if (typeof text !== 'string' || !TOKEN.test(text)) throw new Error('the token endpoint answered no token');
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
    throw new Error('the token endpoint answered a token that is no bearer token');
  const lifetime = Number(seconds ?? LIFETIME_S);
  return { text, lifetimeMs: 1000 * (Number.isFinite(lifetime) && lifetime > 0 ? lifetime : LIFETIME_S) };
}

/** Both are encoded first (RFC 6749, section 2.3.1). */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((text) => new URLSearchParams([['', text]]).toString().slice(1)).join(':');
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}
