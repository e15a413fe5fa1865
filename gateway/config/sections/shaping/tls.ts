import { createSecureContext } from 'node:tls';
import { z } from 'zod';

const pem = z
  .string()
  .regex(/-----BEGIN [A-Z0-9 ]+-----/, { error: `expected PEM text; read a file with \${file.path}`, abort: true });

interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** OpenSSL's messages name no secret. */
function problemOf(tls: Tls): string | null {
  if ((tls.cert === undefined) !== (tls.key === undefined)) return 'cert and key go together';
  try {
    createSecureContext(tls);
    return null;
  } catch (error) {
    return `these certificates cannot be used: ${(error as Error).message}`;
  }
}

/** A scope gives cert and key as a pair, so that scopes can be laid over each other key by key. */
export const tls = z
  .strictObject({ ca: pem.exactOptional(), cert: pem.exactOptional(), key: pem.exactOptional() })
  .superRefine((given, context) => {
    const message = problemOf(given);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .exactOptional()
  .describe('PEM texts: ca to trust, cert and key to show.');
