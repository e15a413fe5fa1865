import { z } from 'zod';
import type { ListenOptions, TcpAddress } from '../http/options';

const LOOPBACK = '127.0.0.1';
const FORM = /^(?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)?:)?(\d{1,5})$/;
const UNIX = /^unix:(.+)$/;
/** What the system has room for, with the zero at the end. */
const UNIX_PATH_MAX = 107;
/** Whoever is of the group of the process, as a proxy that runs beside it. */
const UNIX_MODE = 0o660;

/**
 * `host:port`, `[::1]:port`, `:port` or a port to a listening address. Without a host it is loopback:
 * a socket that is open to others is one that somebody wrote down (`0.0.0.0:4000`).
 */
export function listen() {
  const given = z.union([z.string(), z.int()], { error: (issue) => wrong(issue.input) });
  return z.codec(given, z.custom<TcpAddress>(), {
    decode: (value, context) => {
      const address = tcpAddress(value);
      if (address !== null) return address;
      context.issues.push({ code: 'custom', message: wrong(value), input: value });
      return z.NEVER;
    },
    encode: writeListen,
  });
}

/** The same, or `unix:/path`; or several of these. Paths are as they are written. */
export function listenAnywhere() {
  const one = z.union([z.string(), z.int()], { error: (issue) => wrong(issue.input) });
  const given = z.union([one, z.array(one).min(1).max(16)], { error: (issue) => wrong(issue.input) });
  return z.codec(given, z.custom<readonly ListenOptions[]>(), {
    decode: (value, context) => {
      const all = typeof value === 'object' ? value : [value];
      const addresses = all.map((text) => unixAddress(text) ?? tcpAddress(text));
      const wrongAt = addresses.indexOf(null);
      const twice = all.map(String).find((text, at, texts) => texts.indexOf(text) !== at && !/(?:^|:)0$/.test(text));
      const message = wrongAt !== -1 ? wrong(all[wrongAt]) : twice === undefined ? null : `${twice} is there twice`;
      if (message === null) return addresses.filter((address) => address !== null);
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    },
    encode: (addresses) => {
      const [first = '', ...others] = addresses.map(writeListen);
      return others.length === 0 ? first : [first, ...others];
    },
  });
}

function tcpAddress(value: string | number): TcpAddress | null {
  const [, host = LOOPBACK, port] = FORM.exec(String(value)) ?? [];
  if (port === undefined || Number(port) > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function unixAddress(value: string | number): ListenOptions | null {
  const path = UNIX.exec(String(value))?.[1];
  if (path === undefined || Buffer.byteLength(path) > UNIX_PATH_MAX || path.includes('\0')) return null;
  return { path, mode: UNIX_MODE };
}

export function writeListen(address: ListenOptions): string {
  if ('path' in address) return `unix:${address.path}`;
  const { host, port } = address;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function wrong(input: unknown): string {
  const forms = 'host:port, :port or a port up to 65535 (IPv6 in brackets: [::1]:4000)';
  return `expected ${forms}; for clients also unix:/path; found ${JSON.stringify(input)}`;
}
