import { z } from 'zod';
import { HeadgateError } from '../../../errors';
import type { Revision } from '../storage';
import { decodeLine, type JournalLine, NO_CHECKSUM } from './journal-line';

export interface JournalContent {
  readonly revisions: readonly Revision[];
  /** Bytes that hold them. What follows is the torn end of an append that was never acknowledged. */
  readonly bytes: number;
  /** True when the last revision is whole and only its newline is missing. */
  readonly newlineMissing: boolean;
  readonly lastChecksum: string;
}

const NEWLINE = 0x0a;

/**
 * Reads a whole journal.
 * @param path for messages
 * @throws {HeadgateError} REGISTRY_CORRUPT when a line other than a torn last one fails its checksum
 */
export function scanJournal(content: Buffer, path: string): JournalContent {
  const revisions: Revision[] = [];
  const heads = new Map<string, number>();
  let lastChecksum = NO_CHECKSUM;
  let start = 0;
  while (start < content.length) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline === -1 ? content.length : newline;
    const bytes = content.subarray(start, end);
    const place = `${path}, line ${revisions.length + 1}`;
    const line = decode(bytes, lastChecksum, place);
    if (line === null) {
      if (isTorn(bytes, end, content.length)) break;
      throw corrupt(place, 'the line does not match its checksum');
    }
    const { graph, revision } = line.revision;
    if (revision !== (heads.get(graph) ?? 0) + 1)
      throw corrupt(place, `revision ${revision} of ${graph} is out of order`);
    heads.set(graph, revision);
    revisions.push(line.revision);
    lastChecksum = line.checksum;
    if (newline === -1) return { revisions, bytes: content.length, newlineMissing: true, lastChecksum };
    start = newline + 1;
  }
  return { revisions, bytes: start, newlineMissing: false, lastChecksum };
}

function decode(bytes: Buffer, lastChecksum: string, place: string): JournalLine | null {
  try {
    return decodeLine(bytes.toString('utf8'), lastChecksum);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new HeadgateError(
      'REGISTRY_CORRUPT',
      `${place}: intact, but not a revision that this version of Headgate can read; was it written by a newer one?`,
      { cause: error },
    );
  }
}

/** An append stopped half way leaves no newline, or, after a power cut, blocks of zeros; no revision contains a zero. */
function isTorn(bytes: Buffer, end: number, length: number): boolean {
  if (end === length) return true;
  return end === length - 1 && bytes.includes(0);
}

function corrupt(place: string, what: string): HeadgateError {
  return new HeadgateError(
    'REGISTRY_CORRUPT',
    `${place}: ${what}; restore the directory from a back-up, or remove this line and those after it to go back to the revision before`,
  );
}
