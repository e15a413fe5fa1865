/** The candidate fewest edits away from `given`, if near enough to be what was meant. */
export function nearestName(given: string, candidates: Iterable<string>): string | undefined {
  const editsMax = Math.max(2, Math.floor(given.length / 3));
  let best: { name: string; edits: number } | undefined;
  for (const name of candidates) {
    const edits = editDistance(given.toLowerCase(), name.toLowerCase());
    if (edits <= editsMax && edits < (best?.edits ?? Infinity)) best = { name, edits };
  }
  return best?.name;
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
