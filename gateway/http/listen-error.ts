import { HeadgateError } from '../errors';
import type { ListenOptions } from './options';

/** @param portRemedy what to do when the port is taken */
export function listenError(error: NodeJS.ErrnoException, address: ListenOptions, portRemedy: string): Error {
  const place = 'path' in address ? `unix:${address.path}` : `port ${address.port} on ${address.host}`;
  if (error.code === 'EADDRINUSE') {
    const details = 'path' in address ? { path: address.path } : { host: address.host, port: address.port };
    return new HeadgateError('PORT_IN_USE', `${place} is taken: ${portRemedy}`, { details, cause: error });
  }
  return new HeadgateError('CONFIG_INVALID', `cannot listen on ${place}: ${error.message}`, { cause: error });
}

/** Writes a host that is listened on as a URL has it. */
export function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
