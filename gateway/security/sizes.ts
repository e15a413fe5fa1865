/** Lines as GraphQL counts them for the places of errors: each line feed begins one, and each carriage return. */
export function hasMoreLinesThan(text: string, max: number): boolean {
  let lines = 1;
  for (const terminator of ['\n', '\r'])
    for (let at = text.indexOf(terminator); at >= 0 && lines <= max; at = text.indexOf(terminator, at + 1)) lines++;
  return lines > max;
}

/** Index of the quote that ends the string of a JSON text which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

/**
 * Tells whether a JSON text holds more values than that, without parsing it: 1 MB of objects takes 100 ms to parse and walk, and 5 ms
 * to look at. Counts lists, objects and what follows a comma, and so never more than there is.
 */
export function hasMoreJsonThan(text: string, max: number): boolean {
  // Each of them takes two characters at least.
  if (text.length < 2 * max) return false;
  let values = 0;
  for (let at = 0; at < text.length && values <= max; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === ',' || character === '[' || character === '{') values++;
  }
  return values > max;
}

/** Tells whether parsed JSON holds more lists, objects and leaves than that, itself included. */
export function hasMoreValuesThan(value: unknown, max: number): boolean {
  let values = 0;
  const count = (one: unknown): void => {
    values++;
    if (typeof one !== 'object' || one === null) return;
    const children: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    if (values + children.length > max) values += children.length;
    else for (const child of children) count(child);
  };
  count(value);
  return values > max;
}
