import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { forwardLines } from '../../gateway/workers/forward-lines';

async function forwarded(...chunks: (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const written: string[] = [];
  forwardLines(stream, (lines) => written.push(lines));
  const ended = once(stream, 'end');
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await ended;
  return written;
}

describe('lines of a worker', () => {
  it('are passed on as soon as they are whole', async () => {
    expect(await forwarded('one\ntw', 'o\nthree', '\n')).toEqual(['one\n', 'two\n', 'three\n']);
  });

  it('keep characters that come in two pieces', async () => {
    const bytes = Buffer.from('größer\n');
    expect(await forwarded(bytes.subarray(0, 3), bytes.subarray(3))).toEqual(['größer\n']);
  });

  it('are ended when the worker did not come to it', async () => {
    expect(await forwarded('cut o')).toEqual(['cut o\n']);
  });
});
