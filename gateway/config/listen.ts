import { z } from 'zod';
import type { ListenOptions } from '../http/options';

const LOOPBACK = '127.0.0.1';
const FORM = /^(?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)?:)?(\d{1,5})$/;

/**
 * `host:port`, `[::1]:port`, `:port` or a port to a listening address. Without a host it is loopback:
 * a socket that is open to others is one that somebody wrote down (`0.0.0.0:4000`).
 */
export function listen() {
  const given = z.union([z.string(), z.int()], { error: (issue) => wrong(issue.input) });
  return z.codec(given, z.custom<ListenOptions>(), {
    decode: (value, context) => {
      const [, host = LOOPBACK, port] = FORM.exec(String(value)) ?? [];
      if (port !== undefined && Number(port) <= 65_535)
        return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
      context.issues.push({ code: 'custom', message: wrong(value), input: value });
      return z.NEVER;
    },
    encode: writeListen,
  });
}

export function writeListen({ host, port }: ListenOptions): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function wrong(input: unknown): string {
  return `expected host:port, :port or a port up to 65535 (IPv6 in brackets: [::1]:4000), found ${JSON.stringify(input)}`;
}
