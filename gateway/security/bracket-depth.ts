/** Index just behind a string or block string that begins at `start`. */
function skipString(text: string, start: number): number {
  if (text.startsWith('"""', start)) {
    let end = text.indexOf('"""', start + 3);
    while (end > 0 && text[end - 1] === '\\') end = text.indexOf('"""', end + 3);
    return end < 0 ? text.length : end + 3;
  }
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '"' || char === '\n' || char === '\r') return at + 1;
  }
  return text.length;
}

/** Index of the line terminator that ends a comment. Spec: section 2.1.2, a carriage return alone is one. */
function skipComment(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '\n' || char === '\r') return at;
  }
  return text.length;
}

/**
 * True when brackets of a GraphQL document nest deeper than `max`. Parsers recurse, and a recursion of a hundred
 * thousand levels ends the stack; this looks first, in one pass over the text.
 */
export function nestsDeeperThan(text: string, max: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = skipString(text, at) - 1;
        break;
      case '#':
        at = skipComment(text, at);
        break;
      case '{':
      case '[':
      case '(':
        depth++;
        if (depth > max) return true;
        break;
      case '}':
      case ']':
      case ')':
        depth--;
        break;
    }
  }
  return false;
}
