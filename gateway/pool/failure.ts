import type { AttemptResult } from './attempt';
import { codeOf, errorsIn } from './error-code';
import type { FailureReason } from './failure-reason';

/** A failure as the log, the operators and the query plan see it: no URL, no body. */
export interface Failure {
  readonly reason: FailureReason;
  /** Code of the system or the library, or the HTTP status; null when there is none. */
  readonly code: string | null;
}

const TLS = /^(?:ERR_SSL_|ERR_TLS_|ERR_OSSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|CRL_|EPROTO)/;
const DNS = /^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/;
const REASONS: Readonly<Record<string, FailureReason>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ERR_ADDRESS_FORBIDDEN: 'forbidden-address',
};

/** @returns null for an answer that is none, and for what nobody waited for */
export function failureOf(result: AttemptResult): Failure | null {
  switch (result.kind) {
    case 'cancelled':
      return null;
    case 'answer':
      return failureOfAnswer(result.status, result.understood);
    case 'connect':
      return failureToConnect(result.error);
    case 'reset':
    case 'protocol':
      return { reason: result.kind, code: codeOf(result.error) };
    case 'no-room':
      return { reason: 'own-fault', code: null };
    case 'local':
      return { reason: 'own-fault', code: codeOf(result.error) };
    case 'unsendable':
      return { reason: 'unsendable', code: codeOf(result.error) };
    case 'timeout':
    case 'too-large':
      return { reason: result.kind, code: null };
  }
}

/** @param understood false: it is not what was asked for */
export function failureOfAnswer(status: number, understood: boolean): Failure | null {
  if (status >= 500) return { reason: 'status-5xx', code: String(status) };
  if (!understood) return { reason: 'not-graphql', code: String(status) };
  return status >= 400 ? { reason: 'status-4xx', code: String(status) } : null;
}

function failureToConnect(error: Error): Failure {
  const code =
    errorsIn(error)
      .map(codeOf)
      .find((one) => one !== null) ?? codeOf(error);
  if (code === null) return { reason: 'connect', code };
  if (DNS.test(code)) return { reason: 'dns', code };
  if (TLS.test(code)) return { reason: 'tls', code };
  return { reason: REASONS[code] ?? 'connect', code };
}

/** `refused (ECONNREFUSED)`. */
export function failureText({ reason, code }: Failure): string {
  return code === null ? reason : `${reason} (${code})`;
}
