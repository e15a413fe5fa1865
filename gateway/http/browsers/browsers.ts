import { CorsPolicies } from './cors-policies';
import type { BrowserOptions, CsrfOptions } from './options';

/** What pages in browsers may do here. Replaced as a whole when the configuration changes. */
export class Browsers {
  #cors: CorsPolicies | null = null;
  #csrf: CsrfOptions;

  constructor(options: BrowserOptions) {
    this.#csrf = options.csrf;
    this.update(options);
  }

  /** Null: pages of other origins may do nothing. */
  get cors(): CorsPolicies | null {
    return this.#cors;
  }

  get csrf(): CsrfOptions {
    return this.#csrf;
  }

  update({ cors, csrf }: BrowserOptions): void {
    this.#cors = cors === null ? null : new CorsPolicies(cors);
    this.#csrf = csrf;
  }

  /** Whether an origin is one that the operator has written down; a page cannot say that it is of another. */
  knows(origin: string | undefined): boolean {
    return origin !== undefined && this.#cors?.rulesOf(origin)?.isNamed === true;
  }
}
