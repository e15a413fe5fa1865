import { HeadgateError } from '../errors';

/** Why somebody is not who they say they are: for log and metrics, never for clients, who could try what comes nearer. */
export type FailureReason =
  | 'MISSING_CREDENTIALS'
  | 'UNKNOWN_API_KEY'
  | 'EXPIRED_API_KEY'
  | 'MALFORMED_TOKEN'
  | 'TOKEN_TOO_LARGE'
  | 'ALGORITHM_NOT_ALLOWED'
  | 'CANNOT_FIND_KID'
  | 'CANNOT_FIND_SUITABLE_KEY'
  | 'INVALID_SIGNATURE'
  | 'INVALID_CLAIMS'
  | 'MISSING_EXPIRY'
  | 'EXPIRED_SIGNATURE'
  | 'NOT_YET_VALID'
  | 'INVALID_ISSUER'
  | 'INVALID_AUDIENCE'
  | 'INACTIVE_TOKEN'
  | 'EXPIRED_CERTIFICATE';

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

/** Answer to a bearer token that is not right (RFC 6750, section 3.1). */
const INVALID_TOKEN = 'Bearer error="invalid_token"';

/** A bearer token that is not right. */
export function tokenFailed(reason: FailureReason): AuthenticationFailed {
  return new AuthenticationFailed(reason, INVALID_TOKEN);
}

/** Seconds after which whoever knows keys and tokens may answer again. */
const RETRY_AFTER = '5';

/** Whether the credentials are right, nobody can say now: no fault of the client, who is neither let in nor refused. */
export function authenticationUnavailable(): HeadgateError {
  return new HeadgateError('AUTHENTICATION_UNAVAILABLE', 'Authentication is not possible now; try again shortly', {
    headers: { 'retry-after': RETRY_AFTER },
  });
}
