import { subscribe } from '../../../gateway/events';
import { http2Flaw } from '../../../gateway/http/http2/soundness';
import { Http2Client } from '../../fixtures/http2-client';
import { startLocalServer } from '../../fixtures/local-server';

/** What this Node is known for. */
const FLAW = http2Flaw();

describe('a listener for clients', () => {
  it.each([
    [false, false, false],
    [true, true, FLAW !== null],
    ['sound', FLAW === null, FLAW !== null],
  ] as const)('with http2: %s speaks it: %s, and tells of a flaw: %s', async (http2, speaks, tells) => {
    const notices: string[] = [];
    const stop = subscribe('config.notice', ({ message }) => notices.push(message));
    const server = await startLocalServer({ http2 });
    const client = new Http2Client(server.url);
    const answer = await client.get('/health/live').catch(() => null);
    expect(answer?.status).toBe(speaks ? 200 : undefined);
    expect(notices.filter((message) => message.includes('CVE-2026-27135'))).toHaveLength(tells ? 1 : 0);
    stop();
    client.destroy();
    await server.close();
  });
});
