import { readFile, stat } from 'node:fs/promises';
import { HeadgateError } from '../../errors';
import { watchFiles } from '../../supergraph/watch-files';
import { CurrentKeys, type KeySource } from './key-source';
import { readKeySet } from './read-key-set';
import type { KeyRules, VerificationKey } from './verification-key';

const BYTES_MAX = 1_000_000;

/** Keys in a file of this machine, read again when it changes; one that is broken then leaves those that were read before. */
export class FileKeys implements KeySource {
  readonly #path: string;
  readonly #rules: KeyRules;
  readonly #current: CurrentKeys;
  #watch: { close(): void } | null = null;

  private constructor(path: string, rules: KeyRules) {
    this.#path = path;
    this.#rules = rules;
    this.#current = new CurrentKeys(path, () => performance.now());
  }

  /** @throws {HeadgateError} CONFIG_INVALID: it cannot be read, or is no set of keys */
  static async open(path: string, rules: KeyRules): Promise<FileKeys> {
    const opened = new FileKeys(path, rules);
    try {
      await opened.#read();
    } catch (error) {
      const message = `authentication.jwt.jwks: ${path} cannot be used: ${messageOf(error)}`;
      throw new HeadgateError('CONFIG_INVALID', message, { cause: error });
    }
    opened.#watch = watchFiles([path], () => opened.#readAgain());
    return opened;
  }

  get keys(): readonly VerificationKey[] | null {
    return this.#current.keys;
  }

  /** The watch does. */
  refresh(): null {
    return null;
  }

  async close(): Promise<void> {
    this.#watch?.close();
    this.#current.clear();
  }

  async #readAgain(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      this.#current.fail(messageOf(error), Number.POSITIVE_INFINITY);
    }
  }

  async #read(): Promise<void> {
    const { size } = await stat(this.#path);
    if (size > BYTES_MAX) throw new Error(`it is larger than ${BYTES_MAX} bytes`);
    this.#current.adopt(readKeySet(await readFile(this.#path, 'utf8'), this.#rules));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
