import { stringifyJson } from './json/stringify';

/**
 * Characters that a terminal acts upon, or that turn the order of what is read: C0 but tab and the ends of lines, DEL, C1, and
 * the marks of writing direction. A carriage return alone would write over the line.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const ACTING = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/g;

/** A text of others for a terminal: what would act upon it is shown as its escape, `\u001b` for one. */
export function plainText(text: string): string {
  return text.replace(ACTING, escaped);
}

/** Makes text plain and puts it on one line, for a cell of a table. */
export function plainLine(text: string): string {
  return plainText(text).replace(/[\t\r\n\u2028\u2029]+/g, ' ');
}

/** JSON for a terminal: the same value, with every such character as JSON's own escape. */
export function plainJson(value: unknown): string {
  return (stringifyJson(value) ?? 'null').replace(ACTING, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
