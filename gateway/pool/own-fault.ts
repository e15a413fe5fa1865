import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { announce } from '../events';
import { codeOf, errorsIn, messageOf } from './error-code';

/** Descriptors, ports, memory of this process or machine. */
const EXHAUSTED: Readonly<Record<string, string>> = {
  EMFILE: 'this process has no file descriptor left',
  ENFILE: 'this machine has no file descriptor left',
  ENOMEM: 'this machine has no memory left',
  ENOBUFS: 'this machine has no memory left for sockets',
  EADDRNOTAVAIL: 'this machine has no local port left for another connection',
  EADDRINUSE: 'this machine has no local port left for another connection',
  EAGAIN: 'this machine has no local port left for another connection',
  EAI_MEMORY: 'this machine has no memory left',
  ERR_MEMORY_ALLOCATION_FAILED: 'this process has no memory left',
  Z_MEM_ERROR: 'this process has no memory left',
};
const NO_MEMORY = /^RangeError: .*allocation failed/i;
/** What the resolver of the system says too when it cannot open a socket or a file. */
const RESOLVER_CODES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_SYSTEM', 'EAI_FAIL']);

/** Settings of ours with which no connection can be made, to whomever. */
export class UnusableSettings extends Error {
  override readonly name = 'UnusableSettings';
  readonly code: string;

  constructor(cause: unknown) {
    super('the tls settings of the pool cannot be used', { cause });
    this.code = codeOf(cause) ?? 'ERR_TLS_SETTINGS';
  }
}

/**
 * Explains why a failure is this gateway's own and says nothing about an instance; null when it is not. With several
 * addresses tried, one such failure is enough: nobody knows what the others would have come to.
 */
export function ownFault(error: unknown): string | null {
  for (const one of errorsIn(error)) {
    const why = ownFaultOf(one);
    if (why !== null) return why;
  }
  return null;
}

function ownFaultOf(error: unknown): string | null {
  if (error instanceof UnusableSettings) return error.message;
  const code = codeOf(error);
  if (code === null) return NO_MEMORY.test(String(error)) ? 'this process has no memory left' : null;
  if (RESOLVER_CODES.has(code)) return descriptorsLeft() ? null : (EXHAUSTED.EMFILE ?? null);
  return EXHAUSTED[code] ?? null;
}

function descriptorsLeft(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return true;
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes(codeOf(error) ?? '');
  }
}

/** Says that a call or a check could not be made, and why. @param id of the request that the call was for */
export function announceOwnFault(
  pool: string,
  instance: { readonly id: string },
  during: 'call' | 'check',
  error: Error,
  id?: string,
): void {
  const detail = messageOf(error.cause ?? error);
  const code = codeOf(error) ?? error.name;
  announce('gateway.fault', {
    id,
    pool,
    instance: instance.id,
    during,
    code,
    message: `${ownFault(error)}: ${detail}`,
  });
}
