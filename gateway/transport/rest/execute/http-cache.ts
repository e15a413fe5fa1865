import CachePolicy from 'http-cache-semantics';
import { ByteBudget, KEPT_SHARE, KeptMap, textBytes } from '../../../kept';
import { ANSWER_BYTES_PER_BYTE } from '../../../under-way';
import type { HttpCacheOptions } from '../../options';
import type { RestRequest } from '../request/build-request';
import type { RestAnswer } from '../response/judge';

/** Nothing is kept that does not say for how long. */
const POLICY_OPTIONS = { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 };
const NOBODY_ASKED = { instance: null, attempts: 0, requestBytes: 0 };
/** Answers under one path, for other values of headers. */
const VARIANTS_MAX = 50;
/** Of a policy, its headers counted twice, and of what stands around it. */
const VARIANT_BYTES = 1_500;

interface Variant {
  /** Values of the headers that the operator says tell answers apart, and all that is sent where none are said. */
  readonly told: string;
  readonly policy: CachePolicy;
  readonly answer: RestAnswer;
}

/** What there is for a request. */
type Found =
  | { readonly kind: 'fresh'; readonly answer: RestAnswer }
  /** To be asked for once more, with these headers. */
  | { readonly kind: 'stale'; readonly variant: Variant; readonly headers: RestRequest['headers'] };

/**
 * Answers of one source, kept as HTTP allows it to a cache that many share (RFC 9111): as long as they say, for requests of which all is equal
 * that they vary by, and with a condition on the request when that time is over.
 */
export class HttpCache {
  readonly #keyHeaders: readonly string[];
  /** By path and query. */
  readonly #kept: KeptMap<string, readonly Variant[]>;

  constructor({ maxBytes, keyHeaders }: HttpCacheOptions) {
    this.#keyHeaders = keyHeaders;
    this.#kept = new KeptMap({
      name: 'answers of REST services',
      weigh: (variants, path) => textBytes(path) + variants.reduce((sum, variant) => sum + bytesOf(variant), 0),
      // One name has a share of a budget, and there is one.
      budget: new ByteBudget(Math.ceil(maxBytes / KEPT_SHARE)),
    });
  }

  find(request: RestRequest): Found | null {
    const told = this.#told(request);
    const asked = asRequest(request);
    for (const variant of this.#kept.get(request.path) ?? []) {
      if (variant.told !== told) continue;
      const { policy, answer } = variant;
      if (policy.satisfiesWithoutRevalidation(asked))
        return { kind: 'fresh', answer: { ...answer, ...NOBODY_ASKED, headers: headersOf(policy) } };
      const headers = headersOf({ responseHeaders: () => policy.revalidationHeaders(asked) });
      if (headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined)
        return { kind: 'stale', variant, headers };
    }
    return null;
  }

  /** Keeps an answer, if it may be kept. */
  store(request: RestRequest, answer: RestAnswer): void {
    const policy = new CachePolicy(asRequest(request), asResponse(answer), POLICY_OPTIONS);
    if (policy.storable() && answer.unreadable === null) this.#put(request, policy, answer);
    else this.#drop(request);
  }

  /** @returns the answer that was kept, when the service says that it still holds; null when it said something else */
  revalidated(request: RestRequest, { policy, answer }: Variant, now: RestAnswer): RestAnswer | null {
    if (now.status !== 304) return null;
    const { policy: next, matches } = policy.revalidatedPolicy(asRequest(request), asResponse(now));
    if (!matches) return null;
    const { instance, attempts, requestBytes, responseBytes } = now;
    this.#put(request, next, answer);
    return { ...answer, instance, attempts, requestBytes, responseBytes, headers: headersOf(next) };
  }

  /** Something was changed there. */
  forget(path: string): void {
    this.#kept.delete(path);
  }

  #put(request: RestRequest, policy: CachePolicy, answer: RestAnswer): void {
    // Without a time and without a validator it would never be used.
    const { etag, 'last-modified': modified } = answer.headers;
    if (policy.timeToLive() <= 0 && etag === undefined && modified === undefined) return;
    const told = this.#told(request);
    const others = this.#others(request, told);
    this.#kept.set(
      request.path,
      [{ told, policy, answer: { ...answer, held: null } }, ...others].slice(0, VARIANTS_MAX),
    );
  }

  #drop(request: RestRequest): void {
    if (this.#kept.peek(request.path) === undefined) return;
    const others = this.#others(request, this.#told(request));
    if (others.length === 0) this.#kept.delete(request.path);
    else this.#kept.set(request.path, others);
  }

  /** Without those that a request like this one would get. */
  #others(request: RestRequest, told: string): readonly Variant[] {
    const asked = asRequest(request);
    const kept = this.#kept.peek(request.path) ?? [];
    return kept.filter((variant) => variant.told !== told || !isFor(variant.policy, asked));
  }

  #told({ headers }: RestRequest): string {
    if (this.#keyHeaders.length === 0)
      return JSON.stringify(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
    return JSON.stringify(this.#keyHeaders.map((name) => headers[name] ?? null));
  }
}

type Asked = ReturnType<typeof asRequest>;

function asRequest({ path, headers }: RestRequest) {
  return { url: path, method: 'GET', headers };
}

/** Several lines of one header are one list, but for cookies, with which nothing is kept. */
function asResponse({ status, headers }: RestAnswer) {
  const joined = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : value.join(', '),
  ]);
  const flat: Record<string, string> = Object.fromEntries(joined);
  if (flat['set-cookie'] !== undefined) flat['cache-control'] = 'no-store';
  return { status, headers: flat };
}

/** Whether an answer was given to a request that is equal in all that it varies by. */
function isFor(policy: CachePolicy, asked: Asked): boolean {
  const { 'if-none-match': tag, 'if-modified-since': since } = policy.revalidationHeaders(asked);
  return tag !== undefined || since !== undefined || policy.satisfiesWithoutRevalidation(asked);
}

function headersOf(policy: Pick<CachePolicy, 'responseHeaders'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(policy.responseHeaders())) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return headers;
}

function bytesOf({ told, answer }: Variant): number {
  const headers = Object.entries(answer.headers).reduce((sum, [name, value]) => sum + textBytes(`${name}${value}`), 0);
  return VARIANT_BYTES + textBytes(told) + 2 * headers + answer.responseBytes * ANSWER_BYTES_PER_BYTE;
}
