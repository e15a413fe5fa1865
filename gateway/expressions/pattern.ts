import { RE2JS } from 're2js';
import type { Frame } from './frame';
import { EvaluationError } from './values';

/** A regular expression of RE2: matching takes time in proportion to the text, whatever the pattern. */
export interface Pattern {
  /** Whether any part of a text matches. */
  test(frame: Frame, text: string): boolean | EvaluationError;
}

/** Instructions that a pattern may compile to. */
const INSTRUCTIONS_MAX = 2000;
/** A pattern that is part of the expression. */
const CONSTANT_MAX = 2000;
/** A pattern that comes from a request, which is compiled while the request waits. */
const COMPUTED_MAX = 100;
const REPEATS_MAX = 50;
/** Measured: 1 to 2 µs for each character of it and each of its repetitions. */
const UNITS_EACH = 40;

/** A pattern written in the expression; a text about what is wrong with it. */
export function compilePattern(text: string): Pattern | string {
  if (text.length > CONSTANT_MAX) return `a pattern has at most ${CONSTANT_MAX} characters`;
  return compile(text);
}

/** A pattern of the configuration, for texts that no expression computes; a text about what is wrong with it. */
export function compileMatcher(text: string): ((tested: string) => boolean) | string {
  if (text.length > CONSTANT_MAX) return `a pattern has at most ${CONSTANT_MAX} characters`;
  const pattern = compile(text);
  return typeof pattern === 'string' ? pattern : (tested) => pattern.regex.test(tested);
}

/** A pattern that is computed. What it takes to compile it is bounded: by its length and repetitions, and without classes of thousands of characters. */
export function compileComputedPattern(frame: Frame, text: string): Pattern | EvaluationError {
  const repeats = repeatsIn(text);
  const units = text.length * repeats * UNITS_EACH;
  if (!frame.charge(UNITS_EACH + units)) return frame.exhausted();
  const pattern = refusedWhenComputed(text, repeats) ?? compile(text);
  return typeof pattern === 'string' ? new EvaluationError(pattern) : pattern;
}

function refusedWhenComputed(text: string, repeats: number): string | undefined {
  if (text.length > COMPUTED_MAX) return `a pattern that is computed has at most ${COMPUTED_MAX} characters`;
  if (repeats > REPEATS_MAX) return `a pattern that is computed repeats at most ${REPEATS_MAX} times`;
  return /\\p/i.test(text) ? 'a pattern that is computed has no classes of Unicode (\\p)' : undefined;
}

/** The product of all counts in braces: no part of the pattern is compiled more often. */
function repeatsIn(text: string): number {
  let product = 1;
  for (const [, least = '1', most = ''] of text.matchAll(/\{(\d+)(?:,(\d*))?\}/g))
    product *= Math.max(1, Number(least), Number(most));
  return product;
}

function compile(text: string): Re2Pattern | string {
  try {
    const regex = RE2JS.compile(text);
    const size = regex.programSize();
    return size > INSTRUCTIONS_MAX ? 'the pattern repeats too much' : new Re2Pattern(regex, size);
  } catch (error) {
    return `the pattern is wrong: ${error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : error}`;
  }
}

class Re2Pattern implements Pattern {
  /** For each character: 5 to 400 ns, by the size of the pattern. */
  readonly #unitsEach: number;

  constructor(
    readonly regex: RE2JS,
    instructions: number,
  ) {
    this.#unitsEach = Math.max(0.5, instructions / 50);
  }

  test(frame: Frame, text: string): boolean | EvaluationError {
    if (!frame.charge(Math.ceil(text.length * this.#unitsEach))) return frame.exhausted();
    return this.regex.test(text);
  }
}
