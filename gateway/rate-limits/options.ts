import type { Rate } from '../store/store';

/** Another rate for keys that a pattern fits. */
interface RateOverride {
  /** Regular expression of RE2, on any part of the key. */
  readonly matching: string;
  readonly rate: Rate;
}

export interface RateLimitPolicyOptions {
  readonly name: string;
  /** Expression of the calls that it is for. */
  readonly when: string;
  /** Expression of what has a quota of its own. */
  readonly key: string;
  readonly rate: Rate;
  /** What is counted: requests, or what they are estimated to cost. */
  readonly cost: 'requests' | 'estimated';
  /** The first that fits decides. */
  readonly overrides: readonly RateOverride[];
}

export interface RateLimitOptions {
  readonly policies: readonly RateLimitPolicyOptions[];
  /** Rule where the store does not answer: count in this process alone, let pass, or refuse. */
  readonly onStoreError: 'local' | 'allow' | 'deny';
}
