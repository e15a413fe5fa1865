import { z } from 'zod';
import { HeadgateError } from '../../../errors';
import type { Revision } from '../storage';
import { decodeBase, decodeLine, type JournalLine, NO_CHECKSUM } from './journal-line';

export interface JournalContent {
  readonly revisions: readonly Revision[];
  /** How many revisions of each graph went before them. */
  readonly pruned: Readonly<Record<string, number>>;
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
  const { pruned, bytes: baseBytes, checksum } = scanBase(content, path);
  const baseLines = baseBytes > 0 ? 1 : 0;
  const revisions: Revision[] = [];
  const heads = new Map(Object.entries(pruned));
  let lastChecksum = checksum;
  let start = baseBytes;
  while (start < content.length) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline === -1 ? content.length : newline;
    const bytes = content.subarray(start, end);
    const place = `${path}, line ${revisions.length + baseLines + 1}`;
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
    start = newline === -1 ? content.length : newline + 1;
  }
  const newlineMissing = start > 0 && content[start - 1] !== NEWLINE;
  checkHeads(pruned, revisions, path);
  return { revisions, pruned, bytes: start, newlineMissing, lastChecksum };
}

/** The first line, when it says what was pruned. It never has a torn end: it is on disk before it has its place. */
function scanBase(content: Buffer, path: string): Pick<JournalContent, 'pruned' | 'bytes'> & { checksum: string } {
  const newline = content.indexOf(NEWLINE);
  const text = content.subarray(0, newline === -1 ? content.length : newline).toString('utf8');
  const place = `${path}, line 1`;
  const found = readable(() => decodeBase(text), place);
  if (found === null) return { pruned: {}, bytes: 0, checksum: NO_CHECKSUM };
  if (found === 'damaged' || newline === -1) throw damagedBase(place);
  return { pruned: found.base.pruned, bytes: newline + 1, checksum: found.checksum };
}

/** Pruning keeps the head of every graph: without one, the end of the file is lost. */
function checkHeads(pruned: JournalContent['pruned'], revisions: readonly Revision[], path: string): void {
  for (const [graph, count] of Object.entries(pruned)) {
    if (!revisions.some((revision) => revision.graph === graph)) throw damagedBase(`${path}, revision ${count + 1}`);
  }
}

function decode(bytes: Buffer, lastChecksum: string, place: string): JournalLine | null {
  return readable(() => decodeLine(bytes.toString('utf8'), lastChecksum), place);
}

function readable<Decoded>(decoded: () => Decoded, place: string): Decoded {
  try {
    return decoded();
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

function damagedBase(place: string): HeadgateError {
  const message = `${place}: missing or damaged, and what was before is pruned; restore the directory from a back-up`;
  return new HeadgateError('REGISTRY_CORRUPT', message);
}

function corrupt(place: string, what: string): HeadgateError {
  return new HeadgateError(
    'REGISTRY_CORRUPT',
    `${place}: ${what}; restore the directory from a back-up, or remove this line and those after it to go back to the revision before`,
  );
}
