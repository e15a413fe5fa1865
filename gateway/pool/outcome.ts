import type { AttemptResult } from './attempt';
import type { Outcome } from './health/health';
import type { Instance } from './instance';

/** Translates the result of an attempt into what it says about the instance. */
export function outcomeOf(result: AttemptResult, sent: boolean, instance: Instance): Outcome {
  switch (result.kind) {
    case 'answer':
      if (!result.understood) return 'protocol';
      return outcomeOfStatus(result.status, result.headers['retry-after'] !== undefined);
    case 'timeout':
      if (sent) return 'timeout';
      // Never written: either no connection could be opened, or all of them were busy.
      return instance.connected ? 'overload' : 'connect';
    case 'too-large':
      return 'ok';
    case 'unsendable':
    case 'no-room':
      return 'cancelled';
    default:
      return result.kind;
  }
}

function outcomeOfStatus(status: number, hasRetryAfter: boolean): Outcome {
  if (status === 429 || (status === 503 && hasRetryAfter)) return 'overload';
  if (status >= 500) return '5xx';
  return status >= 400 ? 'app-error' : 'ok';
}
