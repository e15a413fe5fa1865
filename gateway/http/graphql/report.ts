import { announce, listened } from '../../events';
import type { Asking, AskingLayer } from './asking';

/** Of names and codes that others choose, in the log. */
const NAME_LENGTH_MAX = 256;

/** Announces each request when it is answered. */
export const report: AskingLayer = {
  name: 'report',
  wrap: (next) => (asking) => {
    if (listened('request.finished')) asking.atEnd.push((status) => finished(asking, status));
    return next(asking, undefined);
  },
};

function finished({ request, asked, errorCodes }: Asking, status: number): void {
  const { id, operation, flight, startedAt } = request;
  announce('request.finished', {
    id,
    // Of an operation that was refused the name is what the client says it is.
    operationName: shortened(operation?.name ?? asked?.operationName ?? null),
    operationKind: operation?.kind ?? null,
    status,
    durationMs: performance.now() - startedAt,
    errorCount: Math.max(errorCodes.length, status < 400 ? 0 : 1),
    code: codeIn(errorCodes),
    calls: flight?.calls ?? [],
  });
}

function shortened(name: string | null): string | null {
  return name === null || name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX)}…`;
}

function codeIn([code]: readonly unknown[]): string | null {
  return typeof code === 'string' ? code.slice(0, NAME_LENGTH_MAX) : null;
}
