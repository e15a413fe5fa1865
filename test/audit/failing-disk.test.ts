import { join } from 'node:path';
import { AuditLog } from '../../gateway/audit/audit-log';
import { ChainedFile } from '../../gateway/audit/chained-file';
import type { AuditEntry } from '../../gateway/audit/entry';
import { verify } from '../../gateway/audit/verify';
import { type Events, subscribe } from '../../gateway/events';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const entry = (action: string): AuditEntry => ({
  action,
  outcome: 'done',
  actor: null,
  address: null,
  request: null,
  target: {},
});

describe('an audit log whose disk is full', () => {
  const directory = temporaryDirectories();
  const events: string[] = [];
  const stops = [
    subscribe('audit.failed', ({ code }: Events['audit.failed']) => events.push(`failed ${code}`)),
    subscribe('audit.recovered', ({ lost }: Events['audit.recovered']) => events.push(`recovered, ${lost} lost`)),
  ];
  let append: jest.SpyInstance;
  let path: string;

  const fillDisk = () => {
    append = jest.spyOn(ChainedFile.prototype, 'append').mockImplementation(async () => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
  };

  beforeEach(() => {
    events.length = 0;
    path = join(directory(), 'audit.jsonl');
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => {
    for (const stop of stops) stop();
  });

  const open = async (onError: 'refuse' | 'allow') =>
    (await AuditLog.open({ path, denied: true, onError, fileBytesMax: 1_000_000, filesMax: 3 })).log;

  it('refuses changes, keeps what has happened, and writes that when there is room', async () => {
    const log = await open('refuse');
    fillDisk();
    await expect(log.begin(entry('asked'))).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      message: 'nothing was changed: the audit log cannot be written (ENOSPC)',
    });
    await log.end(entry('happened'));
    append.mockRestore();
    await log.begin(entry('asked again'));
    await log.close();
    expect(events).toEqual(['failed ENOSPC', 'recovered, 0 lost']);
    expect(await verify(path)).toMatchObject({ lines: 2, fault: null });
  });

  it('says how many were too many to be kept', async () => {
    const log = await open('refuse');
    fillDisk();
    await Promise.all(Array.from({ length: 1_005 }, () => log.end(entry('happened'))));
    append.mockRestore();
    await log.close();
    expect(events).toEqual(['failed ENOSPC', 'recovered, 5 lost']);
    expect(await verify(path)).toMatchObject({ lines: 1_001, fault: null });
  });

  it('lets changes pass where that is wanted', async () => {
    const log = await open('allow');
    fillDisk();
    await log.begin(entry('asked'));
    append.mockRestore();
    await log.close();
    expect(await verify(path)).toMatchObject({ lines: 1, fault: null });
  });
});
