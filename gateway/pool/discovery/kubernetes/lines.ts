/** Collects bytes into lines, wherever they are cut: chunks end in the middle of a line, and of a character. */
export class Lines {
  readonly #bytesMax: number;
  #rest: Buffer[] = [];
  #restBytes = 0;

  /** @param bytesMax of one line */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * The lines that the chunk completes, without their ends; empty ones left out. What follows the last end is kept.
   * @throws {RangeError} a line is longer than `bytesMax`
   */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#keep(chunk.subarray(start, end));
      const line = Buffer.concat(this.#rest, this.#restBytes).toString('utf8').trim();
      if (line !== '') lines.push(line);
      this.#rest = [];
      this.#restBytes = 0;
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#restBytes += part.length;
    if (this.#restBytes > this.#bytesMax) throw new RangeError(`a line is longer than ${this.#bytesMax} bytes`);
    this.#rest.push(part);
  }
}
