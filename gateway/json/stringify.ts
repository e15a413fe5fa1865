import { MARK, writing } from './exact-number';

const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g');

/** JSON.stringify, but each `ExactNumber` is written as it came. Undefined for what JSON has no text for. */
export function stringifyJson(value: unknown): string | undefined {
  writing.marks = true;
  writing.marked = false;
  try {
    const json: string | undefined = JSON.stringify(value);
    return writing.marked ? json?.replace(MARKED, '$1') : json;
  } finally {
    writing.marks = false;
  }
}
