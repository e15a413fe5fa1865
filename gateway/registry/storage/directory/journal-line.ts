import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Revision } from '../storage';

/** One line of the journal: `{"sha256":"…","revision":{…}}`. */
export interface JournalLine {
  readonly revision: Revision;
  /** Over the checksum of the line before and the text of the revision, so that a missing line shows too. */
  readonly checksum: string;
}

/** Stands before the first line. */
export const NO_CHECKSUM = '';

const FORM = /^\{"sha256":"([0-9a-f]{64})","revision":(.*)\}$/;

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const revisionShape = z.strictObject({
  graph: z.string(),
  revision: z.int().positive(),
  at: z.string(),
  actor: z.string(),
  kind: z.enum(['publish', 'delete', 'rollback']),
  subgraphs: z.array(z.string()),
  message: z.string().nullable(),
  vcs: z.strictObject({ commit: z.string().nullable(), author: z.string().nullable() }),
  rolledBackTo: z.int().positive().nullable(),
  state: hash,
  supergraph: hash,
});

export function encodeLine(revision: Revision, previousChecksum: string): { text: string; checksum: string } {
  const body = JSON.stringify(revision);
  const checksum = checksumOf(previousChecksum, body);
  return { text: `{"sha256":"${checksum}","revision":${body}}\n`, checksum };
}

/**
 * @param text without its newline
 * @returns null when it is not what was written, or does not follow the line before
 * @throws {z.ZodError} when it is intact and still not a revision that this version knows
 */
export function decodeLine(text: string, previousChecksum: string): JournalLine | null {
  const [, checksum, body] = FORM.exec(text) ?? [];
  if (checksum === undefined || body === undefined) return null;
  if (checksum !== checksumOf(previousChecksum, body)) return null;
  return { revision: revisionShape.parse(JSON.parse(body)), checksum };
}

function checksumOf(previousChecksum: string, body: string): string {
  return createHash('sha256').update(previousChecksum).update(body).digest('hex');
}
