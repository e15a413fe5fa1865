import type { Readable } from 'node:stream';

/**
 * Passes text on line by line, so that lines of several processes do not end up inside each other.
 * @param write takes one or more whole lines
 */
export function forwardLines(from: Readable, write: (lines: string) => void): void {
  let rest = '';
  from.setEncoding('utf8');
  from.on('data', (chunk: string) => {
    const end = chunk.lastIndexOf('\n') + 1;
    if (end > 0) write(rest + chunk.slice(0, end));
    rest = end > 0 ? chunk.slice(end) : rest + chunk;
  });
  from.on('end', () => {
    if (rest !== '') write(`${rest}\n`);
    rest = '';
  });
}
