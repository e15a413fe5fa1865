import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Events, subscribe } from '../../gateway/events';
import type { UsageReport } from '../../gateway/usage/counts';
import { signatureOf } from '../../gateway/usage/signature';
import { UsageBook } from '../../gateway/usage/usage-book';
import { UsageFile } from '../../gateway/usage/usage-file';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const DAY = 24 * 3_600_000;

function report(text: string, count: number, lastAt: number, name: string | null = 'web'): UsageReport {
  const operation = { id: `id of ${text}`, name: 'Op', kind: 'query', text } as const;
  return { operation, clients: [{ client: { name, version: name === null ? null : '1' }, count, lastAt }] };
}

describe('the text of an operation as it is recorded', () => {
  it('has nothing of what clients write into it', () => {
    const query = `
      query Q($first: Int = 5) { a(id: "secret-1", n: 17, f: 1.5, e: LARGE, l: [1, 2, 3], o: { text: """secret-2""" }) { ...F } }
      fragment F on T { b }
      query Other { c }
      fragment Unused on T { d }`;
    const signature = signatureOf(query, 'Q');
    expect(signature?.text).not.toContain('secret');
    expect(signature).toMatchObject({ name: 'Q', kind: 'query' });
    expect(signature?.text).toBe(
      'query Q($first: Int = 0) {\n  a(id: "", n: 0, f: 0.0, e: LARGE, l: [0], o: {text: ""}) {\n    ...F\n  }\n}\n\nfragment F on T {\n  b\n}',
    );
  });

  it('is the same for blanks, values and lengths of lists', () => {
    const one = signatureOf('{ a(l: [1, 2]) b }', null);
    const other = signatureOf('{\n a(l: [3])\n\n b }', null);
    expect(one?.id).toBe(other?.id);
    expect(signatureOf('{ a(l: [1, 2]) c }', null)?.id).not.toBe(one?.id);
  });

  it('is none for what is too long, a subscription, or cannot be read', () => {
    expect(signatureOf(`{ ${'abcdefgh '.repeat(10_000)} }`, null)).toBeNull();
    expect(signatureOf('subscription { a }', null)).toBeNull();
    expect(signatureOf('{ a', null)).toBeNull();
  });
});

describe('the book of usage', () => {
  it('counts within a window of days', () => {
    let now = 100 * DAY;
    const book = new UsageBook({ retentionMs: 30 * DAY, bytesMax: 1_000_000 }, () => now);
    book.add([report('{ a }', 3, now), report('{ b }', 1, now, null)]);
    now += 5 * DAY;
    book.add([report('{ a }', 2, now)]);
    expect(book.uses(DAY).map(({ operation, count }) => [operation.text, count])).toEqual([['{ a }', 2]]);
    expect(book.uses(7 * DAY).map(({ operation, count }) => [operation.text, count])).toEqual([
      ['{ a }', 5],
      ['{ b }', 1],
    ]);
    expect(book.uses(7 * DAY)[0]?.clients).toEqual([
      { client: { name: 'web', version: '1' }, count: 5, firstAt: 100 * DAY, lastAt: 105 * DAY },
    ]);
  });

  it('forgets what is older than its retention, and gives the bytes back', () => {
    let now = 100 * DAY;
    const book = new UsageBook({ retentionMs: 30 * DAY, bytesMax: 1_000_000 }, () => now);
    book.add([report('{ a }', 3, now)]);
    now += 20 * DAY;
    book.add([report('{ b }', 1, now)]);
    now += 11 * DAY;
    expect([...book.lines()].map(({ operation }) => operation.text)).toEqual(['{ b }']);
    now += 30 * DAY;
    expect([...book.lines()]).toEqual([]);
    expect(book.bytes).toBe(0);
  });

  it('lets what was asked for least go when there is no room: a flood drives out itself', () => {
    const book = new UsageBook({ retentionMs: 30 * DAY, bytesMax: 100_000 }, () => 100 * DAY);
    book.add([report('{ app }', 1_000, 100 * DAY)]);
    for (let n = 0; n < 1_000; n++) book.add([report(`{ flood${n} }`, 1, 100 * DAY)]);
    expect(book.bytes).toBeLessThanOrEqual(100_000);
    expect(book.uses(DAY)[0]).toMatchObject({ operation: { text: '{ app }' }, count: 1_000 });
    expect(book.uses(DAY).length).toBeGreaterThan(50);
  });
});

describe('the file of usage', () => {
  const directory = temporaryDirectories();
  const options = (path: string) => ({ path, retentionMs: 30 * DAY, bytesMax: 1_000_000 });
  const notices: Events['config.notice'][] = [];
  const stop = subscribe('config.notice', (notice) => notices.push(notice));
  afterEach(() => notices.splice(0));
  afterAll(() => stop());

  it('outlives the process', async () => {
    const path = join(directory(), 'deeper', 'usage.jsonl');
    const first = await UsageFile.open(options(path));
    first.add([report('{ a }', 3, Date.now()), report('{ b }', 1, Date.now(), null)]);
    await first.close();
    const second = await UsageFile.open(options(path));
    second.add([report('{ a }', 4, Date.now())]);
    expect(second.book.uses(DAY).map(({ operation, count }) => [operation.text, count])).toEqual([
      ['{ a }', 7],
      ['{ b }', 1],
    ]);
    await second.close();
    expect(notices).toEqual([]);
  });

  it.each([
    ['is no JSON', '{"headgate":"usage","version":1}\n{"operation"'],
    ['is of another version', '{"headgate":"usage","version":2}\n'],
    ['is something else', 'hello\n'],
    ['has a line of another form', '{"headgate":"usage","version":1}\n{"operation":{},"clients":[]}\n'],
  ])('is begun anew when it %s, and says so', async (_, text) => {
    const path = join(directory(), 'usage.jsonl');
    writeFileSync(path, text);
    const file = await UsageFile.open(options(path));
    expect(notices).toEqual([{ message: expect.stringContaining(`${path} cannot be read`) }]);
    file.add([report('{ a }', 1, Date.now())]);
    await file.close();
    expect(readFileSync(path, 'utf8')).toContain('{ a }');
  });

  it('says once that it cannot be written, and goes on counting', async () => {
    const folder = directory();
    writeFileSync(join(folder, 'taken'), '');
    const file = await UsageFile.open(options(join(folder, 'taken', 'usage.jsonl')));
    notices.splice(0);
    file.add([report('{ a }', 1, Date.now())]);
    await file.save();
    await file.save();
    expect(notices).toEqual([{ message: expect.stringContaining('cannot be written (') }]);
    expect(file.book.uses(DAY)).toHaveLength(1);
    await file.close();
  });
});
