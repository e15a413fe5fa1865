import { RE2JS } from 're2js';

/** Instructions that a pattern may compile to. */
const INSTRUCTIONS_MAX = 2_000;
/** Longer ones are no origin that a browser sends: a host name has at most 253 characters. */
const ORIGIN_LENGTH_MAX = 300;
/** Origins that no pattern means, unless it means every one. */
const ANYBODYS = ['https://x7f3q9.invalid', 'http://x7f3q9.invalid:8443', 'https://sub.x7f3q9.test'];

/** A pattern of a whole origin: what stands around a match is part of another origin. Matching takes time in proportion to the origin. */
export class OriginPattern {
  readonly #regex: RE2JS;

  /** @throws {Error} says what is wrong with the pattern */
  constructor(text: string) {
    try {
      this.#regex = RE2JS.compile(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`the pattern is wrong: ${reason.replace(/^error parsing regexp: /, '')}`);
    }
    if (this.#regex.programSize() > INSTRUCTIONS_MAX) throw new Error('the pattern repeats too much');
  }

  fits(origin: string): boolean {
    return origin.length <= ORIGIN_LENGTH_MAX && this.#regex.matches(origin);
  }

  /** True when it lets everybody in. */
  get fitsAnybody(): boolean {
    return ANYBODYS.some((origin) => this.fits(origin));
  }
}
