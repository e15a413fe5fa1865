import { createReadStream } from 'node:fs';
import { BEGINNING, decodeLine, type Link } from './chain';
import { filesAside, readHead } from './files';

/** What is known of a log that was looked through. */
export interface Verdict {
  readonly lines: number;
  /** Number of the first line; 0 of an empty log. */
  readonly first: number;
  readonly last: Link;
  readonly files: readonly string[];
  /** The first line that is not as it was written, or is not there; null when all are. */
  readonly fault: Fault | null;
}

interface Fault {
  readonly file: string;
  /** Of the file, from 1. */
  readonly line: number;
  readonly reason: string;
}

/**
 * Looks through a log, with the files beside it that were put aside.
 * @param expected a hash that has to be in it, noted elsewhere; null for none
 * @throws an error of the system
 */
export async function verify(path: string, expected: string | null = null): Promise<Verdict> {
  const aside = await filesAside(path);
  const files = [...aside.map((file) => file.path), path];
  const head = await readHead(path);
  const chain = new Chain(expected, head);
  for (const file of files) {
    let line = 0;
    for await (const { text, isWhole } of linesOf(file)) {
      line += 1;
      const reason = isWhole ? chain.add(text) : 'it is not whole: cut off by a crash, or by somebody';
      if (reason !== null) return { ...chain.seen, files, fault: { file, line, reason } };
    }
  }
  const reason = chain.end();
  return { ...chain.seen, files, fault: reason === null ? null : { file: path, line: chain.seen.lines + 1, reason } };
}

class Chain {
  #first = 0;
  #lines = 0;
  #last = BEGINNING;
  /** Number of the last line that was removed because the log was full. */
  #pruned = 0;
  #isMet: boolean;
  readonly #expected: string | null;
  readonly #head: Link | null;

  constructor(expected: string | null, head: Link | null) {
    this.#expected = expected;
    this.#head = head;
    this.#isMet = expected === null;
  }

  get seen(): { readonly lines: number; readonly first: number; readonly last: Link } {
    return { lines: this.#lines, first: this.#first, last: this.#last };
  }

  /** @returns what is wrong with the line; null when nothing is */
  add(text: string): string | null {
    const line = decodeLine(text);
    if (line === null) return 'it is not as it was written';
    const { seq, prev, hash, action, target } = line;
    const isFirst = this.#lines === 0;
    if (!isFirst || seq === 1) {
      const { seq: before, hash: expected } = this.#last;
      if (seq !== before + 1)
        return `it is number ${seq} and follows number ${before}: lines are missing or in another order`;
      if (prev !== expected)
        return `it does not follow the line before, number ${before}: that is another one than was written`;
    }
    if (hash === this.#expected) this.#isMet = true;
    if (this.#head?.seq === seq && this.#head.hash !== hash)
      return 'it is another one than the note beside the log says';
    if (isFirst) this.#first = seq;
    if (action === 'audit.pruned' && typeof target.through === 'number') this.#pruned = target.through;
    this.#lines += 1;
    this.#last = { seq, hash };
    return null;
  }

  /** @returns what is missing; null when nothing is */
  end(): string | null {
    const { seq } = this.#last;
    if (this.#head !== null && this.#head.seq > seq)
      return `lines ${seq + 1} to ${this.#head.seq} are missing at the end`;
    if (this.#first > 1 && this.#pruned !== this.#first - 1)
      return `lines 1 to ${this.#first - 1} are missing, and the log does not say that it removed them`;
    if (!this.#isMet) return `no line has the hash ${this.#expected}`;
    return null;
  }
}

/** Of a file, without their newlines. */
async function* linesOf(path: string): AsyncGenerator<{ readonly text: string; readonly isWhole: boolean }> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield { text, isWhole: true };
  }
  if (rest !== '') yield { text: rest, isWhole: false };
}
