/** What can be said of JSON text before it is parsed. */
export type JsonScan = 'plain' | 'too-deep' | 'has-proto';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PROTO_LENGTH = '__proto__'.length;

/**
 * Looks through JSON bytes once: is anything nested deeper than `depthMax`, could a key read `__proto__`?
 * The text need not be valid. Costs about a quarter of `JSON.parse`.
 */
export function scanJson(bytes: Uint8Array, depthMax: number): JsonScan {
  let depth = 0;
  let proto = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const start = at + 1;
      for (at = start; at < bytes.length && bytes[at] !== QUOTE; at += 1) {
        if (bytes[at] !== BACKSLASH) continue;
        if (isEscapedLetter(bytes, at)) proto = true;
        at += 1;
      }
      if (at - start === PROTO_LENGTH && bytes[start] === 0x5f && bytes[start + 2] === 0x70) proto = true;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > depthMax) return 'too-deep';
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return proto ? 'has-proto' : 'plain';
}

/** `\u0050` to `\u007f`: no encoder has a reason to escape a letter, but `__proto__` can be spelled that way. */
function isEscapedLetter(bytes: Uint8Array, at: number): boolean {
  const digit = bytes[at + 4] ?? 0;
  return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x30 && bytes[at + 3] === 0x30 && digit >= 0x35 && digit <= 0x37;
}
