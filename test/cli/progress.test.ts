import { withProgress } from '../../gateway/cli/progress';
import { hold, letGo } from '../fixtures/held-time';

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: unknown) => written.push(String(text)) > 0 };
}

const holdClocks = () => hold('setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance');

describe('progress', () => {
  afterEach(() => {
    letGo();
  });

  it('is told on a terminal from the second second on, and gone at the end', async () => {
    holdClocks();
    const screen = terminal(true);
    let finish = (_: string) => {};
    const work = withProgress('composing', new Promise<string>((resolve) => (finish = resolve)), screen);
    jest.advanceTimersByTime(999);
    expect(screen.written).toEqual([]);
    jest.advanceTimersByTime(1_001);
    expect(screen.written.map((text) => text.replace(/^[^a-z]*K/, ''))).toEqual(['composing, 1 s', 'composing, 2 s']);
    finish('done');
    expect(await work).toBe('done');
    expect(screen.written.at(-1)).toBe('\r\u001b[2K');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is for terminals only', async () => {
    holdClocks();
    const file = terminal(false);
    const work = withProgress('composing', new Promise<void>((resolve) => setTimeout(resolve, 5_000)), file);
    await jest.advanceTimersByTimeAsync(5_000);
    await work;
    expect(file.written).toEqual([]);
  });

  it('leaves nothing behind when the work fails', async () => {
    holdClocks();
    const screen = terminal(true);
    await expect(withProgress('composing', Promise.reject(new Error('no')), screen)).rejects.toThrow('no');
    expect(screen.written).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
