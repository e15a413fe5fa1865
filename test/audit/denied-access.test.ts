import { DeniedAccess } from '../../gateway/audit/denied-access';
import type { AuditEntry } from '../../gateway/audit/entry';

const denied = (address: string, status = 401) =>
  ({ listener: 'server', id: 'r-1', method: 'POST', path: '/graphql', address, actor: null, status }) as const;

describe('refused access', () => {
  let nowMs: number;
  let written: AuditEntry[];
  let access: DeniedAccess;

  beforeEach(() => {
    nowMs = 0;
    written = [];
    access = new DeniedAccess((entry) => written.push(entry), { now: () => nowMs });
  });

  it('is written at once, and what repeats it as a number', () => {
    for (let count = 0; count < 50; count++) access.add(denied('10.0.0.1'));
    access.add(denied('10.0.0.1', 403));
    expect(written.map(({ status }) => status)).toEqual([401, 403]);
    access.tell();
    expect(written.slice(2)).toMatchObject([
      { action: 'access', outcome: 'denied', status: 401, after: { repeated: 49 } },
    ]);
    expect(written[0]).toMatchObject({ request: 'r-1', address: '10.0.0.1', target: { listener: 'server' } });
  });

  it('is bounded, whoever comes, and tells how many were not written', () => {
    for (let count = 0; count < 5_000; count++) access.add(denied(`10.0.${count >> 8}.${count & 255}`));
    expect(written).toHaveLength(200);
    access.tell();
    expect(written.at(-1)).toMatchObject({ action: 'access.unwritten', target: { requests: 4_800 } });
    nowMs = 60_000;
    written.length = 0;
    for (let count = 0; count < 5_000; count++) access.add(denied(`10.1.${count >> 8}.${count & 255}`));
    expect(written).toHaveLength(30);
    access.tell();
  });
});
