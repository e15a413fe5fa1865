import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesOptions } from '../options';

/** Credentials of a pod for the API server, and the certificate that it knows it by. */
export interface Credentials {
  readonly token: string;
  readonly ca: string;
}

/**
 * Reads the service account's files. Kubernetes renews the token within the hour by writing the file anew, so it is read
 * for every request.
 * @throws {Error} naming the file that cannot be read
 */
export async function readCredentials({ serviceAccount }: KubernetesOptions): Promise<Credentials> {
  const [token, ca] = await Promise.all([read(serviceAccount, 'token'), read(serviceAccount, 'ca.crt')]);
  return { token, ca };
}

/** @throws {Error} naming what to configure */
export async function namespaceOf({ namespace, serviceAccount }: KubernetesOptions): Promise<string> {
  return namespace ?? (await read(serviceAccount, 'namespace'));
}

/** @throws {Error} naming what to configure */
export function apiUrlOf({ api }: KubernetesOptions, env: NodeJS.ProcessEnv = process.env): string {
  if (api !== null) return api;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === undefined || host === '') {
    throw new Error('no API server: KUBERNETES_SERVICE_HOST is not set outside of a pod; set discovery.kubernetes.api');
  }
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function read(folder: string, file: string): Promise<string> {
  const path = join(folder, file);
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new Error(`${path} of the service account cannot be read; see discovery.kubernetes.service_account`, {
      cause,
    });
  }
}
