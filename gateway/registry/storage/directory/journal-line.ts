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

/** Mark for what stood before the first revision of a journal that was pruned. */
export interface JournalBase {
  /** How many revisions of each graph went: the number of the last one. */
  readonly pruned: Readonly<Record<string, number>>;
  /** Checksum of the last line of the journal that this one replaced: a back-up that ends with it holds what went. */
  readonly continues: string;
}

const BASE_FORM = /^\{"sha256":"([0-9a-f]{64})","base":(.*)\}$/;
/** The beginning of a base is enough to know that there was a journal. */
const BASE_START = /^\{"sha256":"[0-9a-f]{64}","base":/;
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

const baseShape = z.strictObject({ pruned: z.record(z.string(), z.int().positive()), continues: hash });

/** The first line of a pruned journal: `{"sha256":"…","base":{…}}`. The chain of checksums begins with it. */
export function encodeBase(base: JournalBase): { text: string; checksum: string } {
  const body = JSON.stringify(base);
  const checksum = checksumOf(NO_CHECKSUM, body);
  return { text: `{"sha256":"${checksum}","base":${body}}\n`, checksum };
}

/**
 * @param text of the first line, without its newline
 * @returns null when the journal begins with a revision, `damaged` when with what is left of a base
 * @throws {z.ZodError} when it is intact and still not a base that this version knows
 */
export function decodeBase(text: string): { base: JournalBase; checksum: string } | 'damaged' | null {
  if (!BASE_START.test(text)) return null;
  const [, checksum, body] = BASE_FORM.exec(text) ?? [];
  if (checksum === undefined || body === undefined || checksum !== checksumOf(NO_CHECKSUM, body)) return 'damaged';
  return { base: baseShape.parse(JSON.parse(body)), checksum };
}

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
