/** What pages of some origins may do. */
export interface CorsPolicy {
  /** Origins as browsers send them: `https://app.example.com`, `null`. */
  readonly origins: readonly string[];
  /** RE2 patterns, each of a whole origin. */
  readonly matchOrigins: readonly string[];
  /** Cookies and other credentials of the browser go along. */
  readonly allowCredentials: boolean;
  /** Headers that a page may send; empty: those that it asks for. */
  readonly allowHeaders: readonly string[];
  /** Headers of an answer that a page may read, beside those that any may. */
  readonly exposeHeaders: readonly string[];
  readonly methods: readonly string[];
  /** How long a browser may remember what it was told; null: as long as it likes. */
  readonly maxAgeMs: number | null;
}

export interface CorsOptions {
  /** The first one that an origin fits is the one. */
  readonly policies: readonly CorsPolicy[];
  /** For every other origin, without credentials; null: they may do nothing. */
  readonly anyOrigin: Omit<CorsPolicy, 'origins' | 'matchOrigins' | 'allowCredentials'> | null;
}

export interface CsrfOptions {
  readonly enabled: boolean;
  /** Lower-case names of headers that no page can send to another origin unasked. */
  readonly requiredHeaders: readonly string[];
}

export interface BrowserOptions {
  /** Null: pages of other origins may do nothing. */
  readonly cors: CorsOptions | null;
  readonly csrf: CsrfOptions;
}
