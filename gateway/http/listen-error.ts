import { HeadgateError } from '../errors';
import type { ListenOptions } from './options';

/** @param portRemedy what to do when the port is taken */
export function listenError(error: NodeJS.ErrnoException, { host, port }: ListenOptions, portRemedy: string): Error {
  const place = `port ${port} on ${host}`;
  if (error.code === 'EADDRINUSE') {
    return new HeadgateError('PORT_IN_USE', `${place} is taken: ${portRemedy}`, {
      details: { host, port },
      cause: error,
    });
  }
  return new HeadgateError('CONFIG_INVALID', `cannot listen on ${place}: ${error.message}`, { cause: error });
}

/** Writes a host that is listened on as a URL has it. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
