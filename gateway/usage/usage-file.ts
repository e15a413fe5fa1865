import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { inBackground } from '../background';
import { announce } from '../events';
import { pieceTurn } from '../own-turns';
import { codeOf } from '../supergraph/thrown';
import { writeFileAtomically } from '../supergraph/write-file';
import type { UsageReport } from './counts';
import type { UsageOptions } from './options';
import { type BookedLine, UsageBook } from './usage-book';

const SAVE_MS = 30_000;
/** Characters that are printed or read in one piece. */
const PIECE_CHARACTERS = 128_000;
const HEADER = { headgate: 'usage', version: 1 };

const headerShape = z.object({ headgate: z.literal(HEADER.headgate), version: z.literal(HEADER.version) });
const nullableText = z.string().nullable();
const lineShape = z.object({
  operation: z.object({ id: z.string(), name: nullableText, kind: z.enum(['query', 'mutation']), text: z.string() }),
  clients: z.array(
    z.object({
      client: z.object({ name: nullableText, version: nullableText }),
      days: z.array(z.tuple([z.int(), z.int()])),
      firstAt: z.number(),
      lastAt: z.number(),
    }),
  ),
});

/** A book of usage that outlives the process: what is younger than {@link SAVE_MS} may be lost with it. */
export class UsageFile {
  readonly book: UsageBook;
  readonly #path: string;
  readonly #timer: NodeJS.Timeout;
  #isChanged = false;
  #saving: Promise<void> = Promise.resolve();
  /** Why it could not be written last: said once. */
  #unkept: string | null = null;

  private constructor(path: string, book: UsageBook) {
    this.#path = path;
    this.book = book;
    this.#timer = setInterval(() => inBackground('usage', this.save()), SAVE_MS).unref();
  }

  /** What cannot be read is begun anew, and said: counts are no state that anything depends on. */
  static async open(options: UsageOptions): Promise<UsageFile> {
    const book = new UsageBook(options);
    await restore(book, options.path);
    return new UsageFile(options.path, book);
  }

  add(reports: readonly UsageReport[]): void {
    this.book.add(reports);
    this.#isChanged = true;
  }

  /** Never rejects. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveNow());
    return this.#saving;
  }

  async #saveNow(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    try {
      await writeFileAtomically(this.#path, await textOf(this.book));
      this.#unkept = null;
    } catch (error) {
      const code = codeOf(error);
      this.#isChanged = true;
      if (code === undefined) announce('internal.error', { where: `usage ${this.#path}`, error });
      else if (code !== this.#unkept) announce('config.notice', { message: notWritten(this.#path, code) });
      this.#unkept = code ?? null;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.save();
  }
}

async function textOf(book: UsageBook): Promise<string> {
  const parts: string[] = [JSON.stringify(HEADER)];
  let characters = 0;
  for (const line of book.lines()) {
    const text = JSON.stringify(line);
    parts.push(text);
    characters += text.length;
    if (characters < PIECE_CHARACTERS) continue;
    characters = 0;
    await pieceTurn();
  }
  return `${parts.join('\n')}\n`;
}

async function restore(book: UsageBook, path: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') announce('config.notice', { message: notRead(path, `${codeOf(error)}`) });
    return;
  }
  const [header = '', ...lines] = text.split('\n').filter((line) => line !== '');
  try {
    headerShape.parse(JSON.parse(header));
    let characters = 0;
    for (const line of lines) {
      book.restore([lineShape.parse(JSON.parse(line)) satisfies BookedLine]);
      characters += line.length;
      if (characters < PIECE_CHARACTERS) continue;
      characters = 0;
      await pieceTurn();
    }
  } catch {
    announce('config.notice', { message: notRead(path, 'it is not what this version of Headgate writes') });
  }
}

function notRead(path: string, why: string): string {
  return `telemetry.usage: ${path} cannot be read (${why}); what clients ask for is counted from now on`;
}

function notWritten(path: string, code: string): string {
  return `telemetry.usage: ${path} cannot be written (${code}), so the next start knows nothing of what clients ask for; make its folder writable, or set telemetry.usage.enabled to false`;
}
