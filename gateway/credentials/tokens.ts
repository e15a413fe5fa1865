import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { inBackground } from '../background';
import { type Cancellation, CancellationSource } from '../cancellation';
import { announce } from '../events';
import { InFlight } from '../in-flight';
import { KeptMap, textBytes } from '../kept';
import { keyOf } from '../key';
import { type Soon, then } from '../layers';
import type { Pool } from '../pool/pool';
import type { TokenOptions } from './options';
import { requestToken } from './token-request';

/** Of its lifetime, after which a token is asked for anew while it is still used. */
const REFRESH_SHARE = 0.75;
/** Before its end a token is not shown any more: it has a way to go, and clocks differ. */
const MARGIN_MS = 10_000;
/** A server that gave none is not asked again for so long. */
const FAILURE_MS = 1_000;
/** A token that took the place of one that was refused so short a time ago, and is refused as well, is not the reason. */
const REPLACED_MS = 10_000;
const ENTRY_BYTES = 200;

/** A token, or why there is none. */
interface Known {
  /** Null: there is none. */
  readonly text: string | null;
  readonly refreshMs: number;
  readonly untilMs: number;
  /** When the one before was refused; null: it was not. */
  readonly refusedMs: number | null;
}

/** There is no token: the reason is in the log. */
export class NoToken extends Error {}

/** Tokens that the gateway shows to subgraphs and services, each asked for once and used until shortly before its end. */
export class Tokens {
  readonly #known = new KeptMap<string, Known>({
    name: 'tokens for subgraphs',
    weigh: ({ text }, key) => textBytes(key) + textBytes(text ?? '') + ENTRY_BYTES,
  });
  readonly #inFlight = new InFlight<Known>();
  readonly #now: () => number;
  /** What was said last of a failure, by the name of the pool; of subgraphs. */
  readonly #failures = new Map<string, string>();

  /** @param now milliseconds, of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Where one subgraph or service gets its tokens. */
  source(options: TokenOptions, pool: Pool): TokenSource {
    return new TokenSource(this, options, pool);
  }

  /**
   * Finds a token, or asks for one.
   * @throws {NoToken} there is none @throws the reason for which the one who asks has gone
   */
  of(key: string, pool: string, ask: Ask, gone: Cancellation): Soon<string> {
    const known = this.#known.get(key);
    const now = this.#now();
    if (known === undefined || now >= known.untilMs) return then(this.#asked(key, pool, ask, gone), textOf);
    if (now >= known.refreshMs && this.#inFlight.find(key) === undefined) this.#refresh(key, pool, ask);
    return textOf(known);
  }

  /** The one that is kept; null: none. */
  peek(key: string): string | null {
    return this.#known.peek(key)?.text ?? null;
  }

  /** Lets go of a token that was refused, unless the one before was. @returns whether another one may be had */
  refuse(key: string, token: string): boolean {
    const known = this.#known.peek(key);
    if (known === undefined || known.text !== token) return true;
    const now = this.#now();
    if (known.refusedMs !== null && now - known.refusedMs < REPLACED_MS) return false;
    this.#known.set(key, { text: null, refreshMs: now, untilMs: now, refusedMs: now });
    return true;
  }

  #refresh(key: string, pool: string, ask: Ask): void {
    const work = Promise.resolve(this.#asked(key, pool, ask, new CancellationSource()));
    inBackground('refreshing a token', work);
  }

  #asked(key: string, pool: string, ask: Ask, gone: Cancellation): Soon<Known> {
    const asked = this.#inFlight.find(key);
    if (asked !== undefined) return this.#inFlight.join(asked, gone);
    return this.#inFlight.begin(key, new CancellationSource(), gone, (own) => this.#ask(key, pool, ask, own));
  }

  async #ask(key: string, pool: string, ask: Ask, cancellation: Cancellation): Promise<Known> {
    const before = this.#known.peek(key);
    try {
      const { text, lifetimeMs } = await ask(cancellation);
      const sinceMs = this.#now();
      const margin = Math.min(MARGIN_MS, lifetimeMs * (1 - REFRESH_SHARE));
      const known = {
        text,
        refreshMs: sinceMs + lifetimeMs * REFRESH_SHARE,
        untilMs: sinceMs + lifetimeMs - margin,
        refusedMs: before?.refusedMs ?? null,
      };
      this.#known.set(key, known);
      this.#failures.delete(pool);
      announce('token.asked', { pool, outcome: 'given' });
      return known;
    } catch (error) {
      if (cancellation.reason !== null) throw error;
      this.#tell(pool, error instanceof Error ? error.message : String(error));
      const now = this.#now();
      // One that is still good is used until its end.
      const rest = before !== undefined && before.text !== null && now < before.untilMs ? before : null;
      const again = now + FAILURE_MS;
      const refusedMs = before?.refusedMs ?? null;
      const known = { text: rest?.text ?? null, refreshMs: again, untilMs: rest?.untilMs ?? again, refusedMs };
      this.#known.set(key, known);
      return known;
    }
  }

  #tell(pool: string, message: string): void {
    const isNew = this.#failures.get(pool) !== message;
    this.#failures.set(pool, message);
    announce('token.asked', { pool, outcome: 'failed', message, isNew });
  }
}

type Ask = (cancellation: Cancellation) => ReturnType<typeof requestToken>;

function textOf({ text }: Known): string {
  if (text === null) throw new NoToken('there is no token');
  return text;
}

/** Tokens for one subgraph or service. */
export class TokenSource {
  readonly #tokens: Tokens;
  readonly #options: TokenOptions;
  readonly #pool: Pool;
  /** Equal for what is asked in the same way; nothing of a secret can be read from it. */
  readonly #key: string;

  constructor(tokens: Tokens, options: TokenOptions, pool: Pool) {
    const { clientId, clientSecret, scopes, audience, subject } = options;
    this.#tokens = tokens;
    this.#options = options;
    this.#pool = pool;
    const urls = options.pool.instances.map(({ url }) => url);
    this.#key = hashOf(JSON.stringify([urls, clientId, clientSecret, scopes, audience, subject?.type ?? null]));
  }

  /**
   * The token to show in a call for a client.
   * @param headers of the client, as far as they are declared
   * @returns null: the client has none that could be exchanged
   * @throws {NoToken} there is none @throws the reason for which the one who asks has gone
   */
  of(headers: Readonly<IncomingHttpHeaders>, gone: Cancellation): Soon<string | null> {
    const subject = this.#subject(headers);
    if (subject === null && this.#options.subject !== null) return null;
    const ask: Ask = (cancellation) => requestToken(this.#options, subject, this.#pool, cancellation);
    return this.#tokens.of(this.#keyFor(subject), this.#pool.name, ask, gone);
  }

  /** Tells that a token was refused. @returns whether another one may be had */
  refuse(headers: Readonly<IncomingHttpHeaders>, token: string): boolean {
    return this.#tokens.refuse(this.#keyFor(this.#subject(headers)), token);
  }

  /** The one that calls for a client show now; null: none. */
  shown(headers: Readonly<IncomingHttpHeaders>): string | null {
    return this.#tokens.peek(this.#keyFor(this.#subject(headers)));
  }

  #keyFor(subject: string | null): string {
    return keyOf(this.#key, subject === null ? null : hashOf(subject));
  }

  #subject(headers: Readonly<IncomingHttpHeaders>): string | null {
    const { subject } = this.#options;
    const value = subject === null ? undefined : headers[subject.header];
    if (typeof value !== 'string' || subject === null) return null;
    if (subject.prefix === null) return value.trim() || null;
    const [scheme = '', ...rest] = value.trim().split(/ +/);
    if (scheme.toLowerCase() !== subject.prefix.toLowerCase() || rest.length !== 1) return null;
    return rest[0] ?? null;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
