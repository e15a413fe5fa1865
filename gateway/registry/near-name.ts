/**
 * The existing name that a new one is probably a misspelling of, or null.
 * Numbered and lettered families (`team1`, `team2`, `shop-a`, `shop-b`) are meant as they are, so only words of some
 * length count: one slip in a word of five letters, one wrong letter in a word of seven, two slips in one of ten.
 */
export function nearName(name: string, existing: Iterable<string>): string | null {
  for (const other of existing) {
    if (other !== name && isNear(wordsOf(name), wordsOf(other))) return other;
  }
  return null;
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/([A-Za-z])(\d)/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]+/);
}

function isNear(a: readonly string[], b: readonly string[]): boolean {
  if (a.join('') === b.join('')) return true;
  if (a.length !== b.length) return false;
  const differing = a.flatMap((word, i) => (word === b[i] ? [] : [[word, b[i] ?? ''] as const]));
  const [pair] = differing;
  return pair !== undefined && differing.length === 1 && isSlip(pair[0], pair[1]);
}

function isSlip(a: string, b: string): boolean {
  const length = Math.max(a.length, b.length);
  if (/\d/.test(a) || /\d/.test(b)) return false;
  const slips = distance(a, b);
  if (slips === 1) return length >= (isOneOtherLetter(a, b) ? 7 : 5);
  return slips === 2 && length >= 10;
}

function isOneOtherLetter(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  return [...a].filter((letter, i) => letter !== b[i]).length === 1;
}

/** Letters inserted, deleted, replaced, or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(replace, swap, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
