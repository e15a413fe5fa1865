import type { Cancellation } from '../cancellation';
import { isHeadgateError } from '../errors';
import { announce } from '../events';
import type { Identity } from '../identity';
import { parseOrNone } from '../json/parse';
import type { Soon } from '../layers';
import { createPool } from '../pool/instance-pool';
import type { Pool, PoolAnswer } from '../pool/pool';
import { authenticationUnavailable, type FailureReason, tokenFailed } from './failure';
import { type Claims, expiryOf, scopesIn, wrongClaim } from './jwt/claims';
import type { IntrospectionOptions } from './options';
import { type Remembered, RememberedTokens, tokenHash } from './remembered-tokens';
import type { Caller, IdentitySource } from './source';
import { presentedToken } from './token-places';

const ANSWER_BYTES_MAX = 64_000;
/** Of all attempts together, and of one. */
const DEADLINE_MS = 3_000;
const ATTEMPT_MS = 1_500;
/** A token that is not active may be so a moment later: it was asked about before the server that issued it had told all others. */
const INACTIVE_MS = 5_000;
/** Clocks may differ by so much. */
const LEEWAY_MS = 60_000;
const GRACE_MS = 1_000;

type Judged = { readonly identity: Identity } | { readonly wrong: FailureReason };

/** Identifies whoever sends a token that the server that issued it says is active (RFC 7662). */
export class Introspection implements IdentitySource {
  readonly type = 'introspection';
  readonly continues = false;
  readonly #options: IntrospectionOptions;
  readonly #authorization: string;
  readonly #pool: Pool;
  readonly #remembered: RememberedTokens<Judged>;
  readonly #now: () => number;
  /** What was said last of a failure; null after a success. */
  #failure: string | null = null;

  /** @param now milliseconds since 1970 */
  constructor(options: IntrospectionOptions, now: () => number = Date.now) {
    this.#options = options;
    this.#authorization = basic(options.clientId, options.clientSecret);
    this.#pool = createPool(options.pool);
    this.#remembered = new RememberedTokens('introspected tokens', now);
    this.#now = now;
  }

  identify({ headers, gone }: Caller): Soon<Identity | null> {
    const token = presentedToken(headers, this.#options.places);
    if (token === null) return null;
    const hash = tokenHash(token);
    const known = this.#remembered.get(hash, () => true);
    if (known !== undefined) return identityOf(known);
    const judged = this.#remembered.judge(hash, gone, (cancellation) => this.#judge(token, hash, cancellation));
    return judged instanceof Promise ? judged.then(identityOf) : identityOf(judged);
  }

  async close(): Promise<void> {
    await this.#pool.close(GRACE_MS);
  }

  async #judge(token: string, hash: string, cancellation: Cancellation): Promise<Remembered<Judged>> {
    const { active, ...claims } = await this.#ask(token, cancellation);
    const now = this.#now();
    const wrong = active
      ? wrongClaim(claims, { ...this.#options, allowsMissingExp: true, leewayMs: LEEWAY_MS }, now)
      : 'INACTIVE_TOKEN';
    const bytes = JSON.stringify(claims).length * 4;
    if (wrong !== null) return { value: { wrong }, until: now + Math.min(INACTIVE_MS, this.#options.ttlMs), bytes: 0 };
    const expiresAt = expiryOf(claims);
    const scopes = scopesIn(claims.scope);
    const identity: Identity = {
      type: 'introspection',
      claims: Object.freeze(claims),
      scopes,
      expiresAt,
      key: `introspection:${hash}`,
    };
    return {
      value: { identity },
      until: Math.min(now + this.#options.ttlMs, expiresAt ?? Number.POSITIVE_INFINITY),
      bytes,
    };
  }

  /** @throws {HeadgateError} AUTHENTICATION_UNAVAILABLE, or the reason of the cancellation */
  async #ask(token: string, cancellation: Cancellation): Promise<Claims & { readonly active: boolean }> {
    try {
      const answer = await this.#pool.request({
        method: 'POST',
        path: '',
        headers: {
          accept: 'application/json',
          authorization: this.#authorization,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
        repeatable: true,
        deadlineAt: performance.now() + DEADLINE_MS,
        attemptTimeoutMs: ATTEMPT_MS,
        cancellation,
        responseBytesMax: ANSWER_BYTES_MAX,
      });
      const said = readAnswer(answer);
      this.#failure = null;
      return said;
    } catch (error) {
      if (isHeadgateError(error, 'REQUEST_CANCELLED') || cancellation.reason !== null) throw error;
      this.#tell(error instanceof Error ? error.message : String(error));
      throw authenticationUnavailable();
    }
  }

  #tell(message: string): void {
    const isNew = message !== this.#failure;
    this.#failure = message;
    announce('introspection.failed', { message, isNew });
  }
}

/** @throws {Error} it says nothing of the token; without anything of the answer */
function readAnswer({ status, body, held }: PoolAnswer): Claims & { readonly active: boolean } {
  const text = body.toString('utf8');
  held?.release();
  if (status === 401 || status === 403) throw new Error(`it answered ${status}: correct client_id and client_secret`);
  if (status !== 200) throw new Error(`it answered ${status}`);
  const said = parseOrNone(text);
  if (typeof said !== 'object' || said === null || Array.isArray(said)) throw new Error('its answer is no JSON object');
  const { active, ...claims } = said as Readonly<Record<string, unknown>>; // as: an object of JSON
  if (typeof active !== 'boolean') throw new Error('its answer does not say whether the token is active');
  return { ...claims, active };
}

function identityOf(judged: Judged): Identity {
  if ('identity' in judged) return judged.identity;
  throw tokenFailed(judged.wrong);
}

/** Both are encoded first (RFC 6749, section 2.3.1). */
function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((text) => new URLSearchParams([['', text]]).toString().slice(1)).join(':');
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}
