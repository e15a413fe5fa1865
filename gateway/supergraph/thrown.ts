/** Says what went wrong, whatever was thrown. Errors of several addresses have a code and no message. */
export function messageOf(thrown: unknown): string {
  const message = member(thrown, 'message');
  if (typeof message === 'string' && message !== '') return message;
  return codeOf(thrown) ?? String(thrown);
}

/** The code of a system error, e.g. ENOENT. */
export function codeOf(thrown: unknown): string | undefined {
  const code = member(thrown, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** By shape and not by class: errors of Node's core may belong to another realm. */
function member(value: unknown, key: 'message' | 'code'): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Record<string, unknown>)[key]
    : undefined;
}
