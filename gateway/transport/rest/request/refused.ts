/** A request that must not be sent: what the client asked for does not make a safe request. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  /** True when there is simply nothing to ask for (a null field of `$this`): null without an error. */
  readonly quiet: boolean;

  constructor(reason: string, quiet = false) {
    super(reason);
    this.quiet = quiet;
  }
}
