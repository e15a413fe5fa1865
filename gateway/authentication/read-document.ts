import type { AddressOptions } from '../addresses';
import { Attempt, type AttemptResult } from '../pool/attempt';
import { createConnector } from '../pool/connector';
import { messageOf } from '../pool/error-code';
import { ConnectionPool } from '../pool/undici-internals';

const TIMEOUT_MS = 5_000;
const BYTES_MAX = 1_000_000;

export interface DocumentOptions {
  /** Over what is denied by itself. */
  readonly addresses: AddressOptions;
  /** Ends it before it has its answer. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/**
 * Reads a document of at most 1 MB over HTTP, within five seconds. It follows no redirect: where it would lead to, nobody has looked at.
 * The connection is closed afterwards, as the next time is minutes away.
 * @throws {Error} what prevents it; without anything of the answer
 */
export async function readDocument(url: string, options: DocumentOptions): Promise<string> {
  const { addresses, signal, timeoutMs = TIMEOUT_MS } = options;
  const { origin, pathname, search } = new URL(url);
  const connections = new ConnectionPool(origin, {
    connections: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector({ addresses, servername: undefined, tls: null }),
  });
  let stop = () => {};
  try {
    return textOf(
      await new Promise<AttemptResult>((resolve) => {
        const attempt = new Attempt(
          {
            method: 'GET',
            path: pathname + search,
            headers: { accept: 'application/json', 'user-agent': 'headgate' },
            body: null,
            repeatable: true,
            timeoutMs,
            responseBytesMax: BYTES_MAX,
          },
          resolve,
        );
        stop = () => attempt.stop('cancelled');
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop();
        else attempt.start(connections);
      }),
      timeoutMs,
    );
  } finally {
    signal.removeEventListener('abort', stop);
    await connections.destroy();
  }
}

function textOf(result: AttemptResult, timeoutMs: number): string {
  if (result.kind !== 'answer') throw new Error(failureText(result, timeoutMs));
  const { status, body, held } = result;
  const text = body.toString('utf8');
  held?.release();
  if (status !== 200) throw new Error(`it answered HTTP ${status}`);
  return text;
}

function failureText(result: Exclude<AttemptResult, { readonly kind: 'answer' }>, timeoutMs: number): string {
  if (result.kind === 'timeout') return `no answer within ${timeoutMs} ms`;
  if (result.kind === 'too-large') return `its answer is longer than ${BYTES_MAX} bytes`;
  return 'error' in result ? messageOf(result.error) : result.kind;
}
