import { HeadgateError } from '../errors';

/** Why somebody is not who they say they are: for log and metrics, never for clients, who could try what comes nearer. */
export type FailureReason = 'MISSING_CREDENTIALS' | 'UNKNOWN_API_KEY' | 'EXPIRED_API_KEY';

/** Credentials that were given and are not right, or none where some are needed. */
export class AuthenticationFailed extends HeadgateError {
  readonly reason: FailureReason;

  /** @param challenge value of `www-authenticate` (RFC 9110, section 11.6.1) */
  constructor(reason: FailureReason, challenge: string) {
    const isMissing = reason === 'MISSING_CREDENTIALS';
    super('UNAUTHENTICATED', isMissing ? 'Authentication required' : 'Authentication failed', {
      headers: { 'www-authenticate': challenge },
    });
    this.reason = reason;
  }
}
