import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { ServerTlsOptions } from '../http/tls/options';
import { tlsContext } from '../http/tls/tls-context';
import type { Finding } from './problem';
import type { Settings } from './settings';

/** Certificates of the listener for clients, as they are in their files now. */
export interface ServerTls {
  readonly tls: ServerTlsOptions | null;
  /** Absolute paths, missing ones included. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

type Key = 'cert' | 'key' | 'client_ca';

/** Whether a value is the text itself, and not the file that it is in. */
export function isPem(value: string): boolean {
  return value.includes('-----BEGIN ');
}

/** Reads the files that settings name, by absolute paths. */
export async function readServerTls({ server: { tls } }: Settings): Promise<ServerTls> {
  if (tls === undefined) return { tls: null, files: [], findings: [] };
  const findings: Finding[] = [];
  const files: string[] = [];
  const read = async (key: Key): Promise<string | null> => {
    const value = tls[key];
    if (value === undefined || isPem(value)) return value ?? null;
    files.push(value);
    const text = await readFile(value, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
      const message = code === 'ENOENT' ? `no such file: ${value}` : `${value} cannot be read (${code})`;
      findings.push({ path: ['server', 'tls', key], message });
      return null;
    });
    if (text !== null && !isPem(text))
      findings.push({ path: ['server', 'tls', key], message: `${value} holds no PEM text` });
    return text;
  };
  const [cert, key, clientCa] = [await read('cert'), await read('key'), await read('client_ca')];
  if (cert === null || key === null || findings.length > 0) return { tls: null, files, findings };
  const options: ServerTlsOptions = { cert, key, clientCa, clientAuth: tls.client_auth };
  const problem = problemOf(options);
  return { tls: options, files, findings: problem === null ? [] : [{ path: ['server', 'tls'], message: problem }] };
}

/** OpenSSL's messages name no secret. */
function problemOf(options: ServerTlsOptions): string | null {
  try {
    createSecureContext(tlsContext(options));
    return null;
  } catch (error) {
    return `these certificates cannot be used: ${(error as Error).message}`;
  }
}
