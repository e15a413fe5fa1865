import type { IncomingHttpHeaders } from 'node:http';
import type { Cancellation } from '../cancellation';
import type { FactsView } from '../facts';
import type { Identity } from '../identity';
import type { Soon } from '../layers';

/** All that authentication sees of a call. */
export interface Caller {
  /** The name of the request, for the log. */
  readonly id: string;
  /** Lower-case names. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  readonly gone: Cancellation;
  readonly facts: FactsView;
}

/** One way to say who asks. */
export interface IdentitySource {
  readonly type: Identity['type'];
  /** Whoever fails here is taken for somebody who has not said anything, and not refused. */
  readonly continues: boolean;
  /**
   * @returns null: the caller has no credential of this kind
   * @throws {AuthenticationFailed}
   */
  identify(caller: Caller): Soon<Identity | null>;
}
