import type { Tags } from '../tags';

/** The instances that a request may go to: those with certain tags. */
export interface InstanceFilter {
  readonly tags: Tags;
  /** Equal for equal tags only. */
  readonly text: string;
  /** Whether everybody is asked while none of them is well and somebody else is. */
  readonly fallback: boolean;
}
