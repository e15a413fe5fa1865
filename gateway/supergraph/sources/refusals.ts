import { isHeadgateError } from '../../errors';
import { announce } from '../../events';
import { messageOf } from '../thrown';

/** Announces what goes wrong with each source once, not at every poll: again only when the message changes. */
export class Refusals {
  readonly #messages = new Map<string, string>();

  report(source: string, error: unknown): void {
    const message = messageOf(error);
    if (this.#messages.get(source) === message) return;
    this.#messages.set(source, message);
    const code = isHeadgateError(error) ? error.code : 'INTERNAL';
    announce('supergraph.refused', { source, code, message });
  }

  /** The source works again; the same failure will be news. */
  clear(source: string): void {
    this.#messages.delete(source);
  }
}
