import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AuditLog } from '../../gateway/audit/audit-log';
import type { AuditEntry } from '../../gateway/audit/entry';
import type { AuditOptions } from '../../gateway/audit/options';
import { verify } from '../../gateway/audit/verify';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const entry = (action: string): AuditEntry => ({
  action,
  outcome: 'done',
  actor: 'key ci',
  address: '127.0.0.1',
  request: 'r-1',
  target: { graph: 'default' },
  before: { revision: 1 },
  after: { revision: 2, message: '三' },
});

describe('the audit log', () => {
  const directory = temporaryDirectories();
  let path: string;
  let options: AuditOptions;

  beforeEach(() => {
    path = join(directory(), 'state', 'audit.jsonl');
    options = { path, denied: true, onError: 'refuse', fileBytesMax: 1_000_000, filesMax: 3 };
  });

  const open = async (more: Partial<AuditOptions> = {}) => (await AuditLog.open({ ...options, ...more })).log;

  /** Opens, writes, closes. */
  async function write(...actions: string[]): Promise<void> {
    const log = await open();
    for (const action of actions) await log.end(entry(action));
    await log.close();
  }

  const text = () => readFileSync(path, 'utf8');
  const linesOf = () => text().split('\n').slice(0, -1);
  const rewrite = (change: (lines: string[]) => string[]) =>
    writeFileSync(
      path,
      change(linesOf())
        .map((line) => `${line}\n`)
        .join(''),
    );
  const fault = async () => (await verify(path)).fault;

  it('has a line for each entry, numbered, with its time, bound to the line before', async () => {
    await write('a', 'b');
    const [first, second] = linesOf().map((line) => JSON.parse(line));
    expect(first).toEqual({
      seq: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      ...entry('a'),
      prev: '0'.repeat(64),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(second).toMatchObject({ seq: 2, action: 'b', prev: first.hash });
    expect(await verify(path)).toMatchObject({ lines: 2, first: 1, last: { seq: 2, hash: second.hash }, fault: null });
  });

  it('goes on where it ended, and writes what is given at once in one chain', async () => {
    await write('a');
    const log = await open();
    await Promise.all(Array.from({ length: 600 }, (_, index) => log.end(entry(`b${index}`))));
    await log.close();
    expect(await verify(path)).toMatchObject({ lines: 601, last: { seq: 601 }, fault: null });
  });

  it('drops a line that a crash cut off, and says so', async () => {
    await write('a', 'b');
    appendFileSync(path, '{"seq":3,"time":"2026-');
    expect((await fault())?.reason).toContain('not whole');
    const { log, found } = await AuditLog.open(options);
    expect(found).toEqual({ after: 2, torn_bytes: 22, damage: null });
    await log.end(entry('c'));
    await log.close();
    expect(await verify(path)).toMatchObject({ lines: 3, fault: null });
  });

  it.each<[string, (lines: string[]) => string[], number]>([
    ['edited', ([a = '', b = '', ...others]) => [a, b.replace('key ci', 'key me'), ...others], 2],
    ['edited to the same value in another form', ([a = '', ...others]) => [`${a} `, ...others], 1],
    ['in another order', ([a = '', b = '', ...others]) => [b, a, ...others], 2],
    ['twice', ([a = '', ...others]) => [a, a, ...others], 2],
    ['missing', ([a = '', _, ...others]) => [a, ...others], 2],
    ['missing at the beginning', ([_, ...others]) => others, 4],
    ['missing at the end', (lines) => lines.slice(0, -1), 4],
    ['none of ours', ([a = '', ...others]) => [a, 'hello', ...others], 2],
  ])('is looked through: a line that is %s is found', async (_what, change, line) => {
    await write('a', 'b', 'c', 'd');
    expect(await fault()).toBeNull();
    rewrite(change);
    expect(await fault()).toMatchObject({ file: path, line });
  });

  it('is looked through: a whole log that somebody wrote anew lacks the hash that was noted elsewhere', async () => {
    await write('a', 'b');
    const { last } = await verify(path);
    expect((await verify(path, last.hash)).fault).toBeNull();
    rmSync(path);
    rmSync(`${path}.head`);
    await write('a', 'b');
    expect(await fault()).toBeNull();
    expect((await verify(path, last.hash)).fault?.reason).toContain(last.hash);
  });

  it('does not close a gap: what is missing stays missing', async () => {
    await write('a', 'b', 'c');
    rewrite((lines) => lines.slice(0, 1));
    const { log, found } = await AuditLog.open(options);
    expect(found.damage).toBe('lines 2 to 3 are missing');
    await log.end(entry('d'));
    await log.close();
    expect(await fault()).toMatchObject({ line: 2, reason: expect.stringContaining('number 4 and follows number 1') });
  });

  it('puts full files aside, keeps so many of them, and is one chain over all', async () => {
    const log = await open({ fileBytesMax: 2_000 });
    for (let index = 0; index < 40; index++) await log.end(entry('a'));
    await log.close();
    const names = readdirSync(join(path, '..')).sort();
    expect(names.filter((name) => /^audit\.jsonl\.\d+$/.test(name))).toHaveLength(3);
    const verdict = await verify(path);
    expect(verdict).toMatchObject({ fault: null, files: { length: 4 } });
    expect(verdict.first).toBeGreaterThan(1);
    rmSync(verdict.files[1] ?? '');
    expect((await fault())?.reason).toContain('lines are missing');
  });

  it('goes on behind a file that was put aside and has no next one yet', async () => {
    await write('a', 'b');
    renameSync(path, `${path}.2`);
    await write('c');
    expect(await verify(path)).toMatchObject({ lines: 3, fault: null });
  });

  it('says that somebody took its file away, or wrote into it, and goes on', async () => {
    const log = await open();
    await log.end(entry('a'));
    rmSync(path);
    await log.end(entry('b'));
    expect(linesOf().map((line) => JSON.parse(line).action)).toEqual(['audit.replaced', 'b']);
    truncateSync(path, text().length - 10);
    await log.end(entry('c'));
    await log.close();
    expect(
      linesOf()
        .slice(-2)
        .map((line) => JSON.parse(line).action),
    ).toEqual(['audit.changed', 'c']);
    expect(await fault()).not.toBeNull();
  });

  it('is refused where it cannot be written, by its key and with what to do', async () => {
    writeFileSync(join(path, '..', '..', 'file'), '');
    const wrong = join(path, '..', '..', 'file', 'audit.jsonl');
    await expect(open({ path: wrong })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^audit\.path: .* cannot be written \(E\w+\); make its folder writable/),
    });
    expect(existsSync(wrong)).toBe(false);
  });

  it('keeps values short', async () => {
    const log = await open();
    await log.end({ ...entry('a'), after: { text: 'x'.repeat(100_000) } });
    await log.close();
    expect(text().length).toBeLessThan(3_000);
    expect(JSON.parse(linesOf()[0] ?? '').after).toMatchObject({ cut: true, characters: 100_011 });
  });
});
