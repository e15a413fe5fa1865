import { CancellationSource } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import { AnswerSize, UNLIMITED } from '../../gateway/execution/answer-size';
import { encode } from '../../gateway/execution/json-text';
import { writtenInTurns } from '../../gateway/execution/write-in-turns';

/** Characters that JSON writes in one to six, and that UTF-8 writes in one to four. */
const SIGNS = ['a', '"', '\\', '\n', '\u0001', 'ä', '€', '😀', '\ud800', '\udc00'];
const LONG = 300_000;

async function turnsOf<T>(work: Promise<T>): Promise<{ readonly value: T; readonly turns: number }> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  const value = await work;
  isOver = true;
  return { value, turns };
}

describe('a long text', () => {
  it.each([1, 2, 3, 5, 7])(
    'is written in turns as JSON.stringify writes it, whatever stands where it is cut: %i',
    async (step) => {
      const text = Array.from(
        { length: LONG },
        (_, at) => SIGNS[(at * step + Math.floor(at / 1_000)) % SIGNS.length],
      ).join('');
      const data = { before: [1, { deep: text }], text, after: null };
      const work = writtenInTurns(data, new AnswerSize(UNLIMITED, {}), new CancellationSource());
      const { value, turns } = await turnsOf(work);
      expect(encode({ data: value }).equals(Buffer.from(`${JSON.stringify({ data })}\n`))).toBe(true);
      expect(turns).toBeGreaterThan((2 * LONG) / 64_000);
    },
  );

  it('is not written on when nobody waits for it', async () => {
    const cancellation = new CancellationSource();
    const work = writtenInTurns({ text: 'a'.repeat(LONG) }, new AnswerSize(UNLIMITED, {}), cancellation);
    cancellation.cancel(new HeadgateError('REQUEST_CANCELLED', 'gone'));
    expect(await work).toBeNull();
  });
});
