/** A string of the mapping language. */
export function quoted(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** A key of the mapping language. */
export function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : quoted(name);
}

/** A property of the value at hand, in the mapping language of every version: from v0.4 on a string that stands alone is a text. */
export function path(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !/^(true|false|null)$/.test(name) ? name : `$.${quoted(name)}`;
}

/** A string of SDL on one line. */
export function sdlString(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** A mapping in SDL: on one line where it is short, else a block. */
export function sdlMapping(text: string, indent: string): string {
  if (!text.includes('\n') && text.length <= 90) return sdlString(text);
  const lines = text.replaceAll('"""', '\\"""').split('\n');
  return `"""\n${lines.map((line) => `${indent}  ${line}`).join('\n')}\n${indent}"""`;
}

const DESCRIPTION_MAX = 300;

/** The first paragraph, as SDL has it before what it describes; empty when there is none. */
export function sdlDescription(text: string | null, indent: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  const plain = (text ?? '').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/gu, '');
  const [paragraph = ''] = plain.trim().split(/\n\s*\n/);
  const line = paragraph.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const characters = [...line];
  const short =
    characters.length > DESCRIPTION_MAX
      ? `${characters
          .slice(0, DESCRIPTION_MAX - 1)
          .join('')
          .trimEnd()}…`
      : line;
  return `${indent}${sdlString(short)}\n`;
}
