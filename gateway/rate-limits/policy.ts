import { hash } from 'node:crypto';
import type { Call } from '../call';
import { jsonOf } from '../expressions/json-of';
import { compileMatcher } from '../expressions/pattern';
import { BOOL } from '../expressions/types';
import { EvaluationError } from '../expressions/values';
import { stringifyJson } from '../json/stringify';
import type { Rate } from '../store/store';
import { CLIENT_ID } from '../vocabulary/client';
import { OPERATION, OPERATION_COST } from '../vocabulary/operation';
import { REQUEST } from '../vocabulary/request';
import { compileRequestExpression, type RequestExpression } from '../vocabulary/request-expression';
import type { RateLimitPolicyOptions } from './options';

/** What expressions of a policy may read. */
export const POLICY_VOCABULARY = { request: REQUEST, operation: OPERATION };
/** The key where none is given, or the one that is given has no value: who asks, else the network of the peer. */
export const DEFAULT_KEY = 'request.client.id';

/** What one call asks of one policy: tokens out of a bucket. */
export interface RateAsk {
  readonly policy: Policy;
  readonly bucket: string;
  readonly quota: Quota;
  readonly tokens: number;
}

/** A rate, and how the answer's header says it. */
export interface Quota {
  readonly rate: Rate;
  /** `"per-client";q=100;w=60`; draft-ietf-httpapi-ratelimit-headers. */
  readonly field: string;
}

interface Key {
  readonly text: string;
  /** False: it is the default one. */
  readonly isGiven: boolean;
}

const PLAIN_CHARACTERS_MAX = 64;

interface Override {
  readonly fits: (key: string) => boolean;
  readonly quota: Quota;
}

/** One rate limit, compiled. */
export class Policy {
  readonly name: string;
  /** Whether it reads something of the operation: it can be judged once that is prepared, and not before. */
  readonly readsOperation: boolean;
  /** Whether it needs to know what an operation costs. */
  readonly readsCost: boolean;
  readonly isOfCost: boolean;
  readonly #when: RequestExpression | null;
  /** Null: the default. */
  readonly #key: RequestExpression | null;
  readonly #quota: Quota;
  readonly #overrides: readonly Override[];

  /**
   * @param place of it in the configuration, for errors
   * @throws {HeadgateError} EXPRESSION_INVALID
   */
  constructor({ name, when, key, rate, cost, overrides }: RateLimitPolicyOptions, place: string) {
    const vocabulary = POLICY_VOCABULARY;
    this.name = name;
    this.#when =
      when === 'true' ? null : compileRequestExpression(when, { where: `${place}.when`, vocabulary, result: BOOL });
    this.#key = key === DEFAULT_KEY ? null : compileRequestExpression(key, { where: `${place}.key`, vocabulary });
    const expressions = [this.#when, this.#key].filter((one) => one !== null);
    this.isOfCost = cost === 'estimated';
    const quotaOf = (one: Rate): Quota => ({ rate: one, field: policyField(name, one, this.isOfCost) });
    this.#quota = quotaOf(rate);
    this.#overrides = overrides.map((one) => ({ fits: matcherOf(one.matching), quota: quotaOf(one.rate) }));
    this.readsCost = this.isOfCost || expressions.some(({ reads }) => reads.facts.includes(OPERATION_COST));
    this.readsOperation = this.isOfCost || expressions.some(({ variables }) => variables.has('operation'));
  }

  /** Null: it is not for this call. A condition without a value holds: leaving out a header must not lift a limit. */
  ask(call: Call): RateAsk | null {
    if (this.#when?.evaluate(call) === false) return null;
    const key = this.#keyOf(call);
    const quota = this.#overrides.find(({ fits }) => fits(key.text))?.quota ?? this.#quota;
    return { policy: this, bucket: `rate:${this.name}:${placeOf(key)}`, quota, tokens: this.#tokensOf(call) };
  }

  /** What costs nothing is a request all the same. */
  #tokensOf({ facts }: Call): number {
    return this.isOfCost ? Math.max(1, Math.ceil(facts.get(OPERATION_COST) ?? 1)) : 1;
  }

  #keyOf(call: Call): Key {
    const given = this.#key === null ? null : textOf(this.#key.evaluate(call));
    if (given !== null) return { text: given, isGiven: true };
    return { text: call.facts.get(CLIENT_ID) ?? '', isGiven: false };
  }
}

/**
 * What a key is in the name of a bucket. One that is configured may be a credential, and as long as a header: neither belongs into a
 * store. That of a client is no secret, and nearly always short.
 */
function placeOf({ text, isGiven }: Key): string {
  if (!isGiven && text.length <= PLAIN_CHARACTERS_MAX) return `c:${text}`;
  return `${isGiven ? 'k' : 'd'}:${hash('sha256', text, 'base64url')}`;
}

function policyField(name: string, { tokens, periodMs }: Rate, isOfCost: boolean): string {
  const seconds = periodMs / 1_000;
  // The window is in whole seconds; without one, the quota has no unit of time.
  const window = Number.isInteger(seconds) ? `;w=${seconds}` : '';
  return `"${name}";q=${tokens}${window}${isOfCost ? ';headgate-unit=cost' : ''}`;
}

function matcherOf(pattern: string): Override['fits'] {
  const matcher = compileMatcher(pattern);
  if (typeof matcher === 'string') throw new Error(`the configuration lets no wrong pattern through: ${matcher}`);
  return matcher;
}

/** Null for what is no key: no value, or null. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (value === null || value instanceof EvaluationError) return null;
  return stringifyJson(jsonOf(value)) ?? null;
}
