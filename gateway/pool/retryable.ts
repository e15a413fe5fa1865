import type { AttemptResult } from './attempt';
import type { RetryOptions } from './options';

/** The table of attempts: what may be sent again elsewhere. */
export function isRetryable(result: AttemptResult, sent: boolean, repeatable: boolean, retry: RetryOptions): boolean {
  if (!repeatable && sent) return false;
  switch (result.kind) {
    case 'connect':
    case 'local':
      return retry.onConnect;
    // Also when the answer had begun: it is collected whole, nothing of it has reached anybody.
    case 'reset':
    case 'protocol':
      return retry.onConnect;
    case 'timeout':
      return retry.onTimeout;
    case 'answer':
      return result.understood ? retry.onStatus.has(result.status) : retry.onConnect;
    default:
      return false;
  }
}
