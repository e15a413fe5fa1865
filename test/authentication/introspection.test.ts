import { Introspection } from '../../gateway/authentication/introspection';
import type { IntrospectionOptions } from '../../gateway/authentication/options';
import type { Caller } from '../../gateway/authentication/source';
import { CancellationSource } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import { type Events, subscribe } from '../../gateway/events';
import { Facts } from '../../gateway/facts';
import { poolOptions } from '../fixtures/pool-options';
import { answerJson, hang, type Script, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

/** Seconds since 1970. */
const NOW = 1_800_000_000;
let now: number;
let server: ScriptedServer;
let introspection: Introspection;

async function start(script: Script, changes: Partial<IntrospectionOptions> = {}): Promise<void> {
  server = await startScriptedServer(script);
  const pool = poolOptions([`http://127.0.0.1:${server.port}/introspect`], {
    retry: { ...poolOptions([]).retry, maxAttempts: 1 },
  });
  const client = { clientId: 'gate way', clientSecret: 'a:b%é' };
  const places = [{ kind: 'header', name: 'authorization', prefix: 'Bearer' } as const];
  now = NOW * 1000;
  introspection = new Introspection(
    { pool, ...client, ttlMs: 60_000, places, issuers: null, audiences: null, ...changes },
    () => now,
  );
}
afterEach(async () => {
  await introspection.close();
  await server.kill();
});

const caller = (token: string, gone = new CancellationSource()): Caller => ({
  id: '',
  headers: { authorization: `Bearer ${token}` },
  gone,
  facts: new Facts(),
});
const identify = async (token = 'opaque') => introspection.identify(caller(token));
const reason = (token?: string) =>
  identify(token).then(
    () => 'let in',
    (error) => error.reason ?? error.code,
  );

describe('a token that a server is asked about', () => {
  it('is what the server says', async () => {
    await start(answerJson({ active: true, sub: 'ada', scope: 'read write', exp: NOW + 600, new_member: [1] }));
    expect(await identify()).toMatchObject({
      type: 'introspection',
      claims: { sub: 'ada', scope: 'read write', exp: NOW + 600, new_member: [1] },
      scopes: new Set(['read', 'write']),
      expiresAt: (NOW + 600) * 1000,
      key: expect.stringMatching(/^introspection:[\w-]{43}$/),
    });
    const [asked] = server.received;
    expect([asked?.method, asked?.url, asked?.headers['content-type'], asked?.body]).toEqual([
      'POST',
      '/introspect',
      'application/x-www-form-urlencoded',
      'token=opaque&token_type_hint=access_token',
    ]);
    const [, credentials = ''] = (asked?.headers.authorization ?? '').split(' ');
    expect(Buffer.from(credentials, 'base64').toString()).toBe('gate+way:a%3Ab%25%C3%A9');
  });

  it('is asked about once, however many bring it', async () => {
    await start(answerJson({ active: true }));
    const all = await Promise.all(Array.from({ length: 50 }, () => identify()));
    expect(new Set(all).size).toBe(1);
    expect(server.received.length).toBe(1);
  });

  it.each([
    ['for its time', {}, 60_000],
    ['no longer than it lives', { exp: NOW + 10 }, 10_000],
  ])('is remembered %s', async (_how, claims, forMs) => {
    await start(answerJson({ active: true, ...claims }));
    await identify();
    now += forMs - 1;
    await identify();
    expect(server.received.length).toBe(1);
    now += 1;
    await identify();
    expect(server.received.length).toBe(2);
  });

  it('that is not active is refused, and asked about again five seconds later', async () => {
    await start(answerJson({ active: false }));
    expect(await reason()).toBe('INACTIVE_TOKEN');
    server.script = answerJson({ active: true });
    now += 4_999;
    expect(await reason()).toBe('INACTIVE_TOKEN');
    now += 1;
    expect(await reason()).toBe('let in');
  });

  it.each([
    [{ exp: NOW - 61 }, 'EXPIRED_SIGNATURE'],
    [{ nbf: NOW + 61 }, 'NOT_YET_VALID'],
    [{ iss: 'other', aud: 'shop' }, 'INVALID_ISSUER'],
    [{ iss: 'idp' }, 'INVALID_AUDIENCE'],
    [{ iss: 'idp', aud: ['shop'] }, 'let in'],
  ])('and of which it says %j: %s', async (claims, outcome) => {
    await start(
      answerJson({
        active: true,
        iss: 'idp',
        aud: 'shop',
        ...('aud' in claims || !('iss' in claims) ? {} : { aud: 'x' }),
        ...claims,
      }),
      {
        issuers: ['idp'],
        audiences: ['shop'],
      },
    );
    expect(await reason()).toBe(outcome);
  });

  it.each<[string, Script, RegExp]>([
    ['does not know us', answerJson({}, 401), /correct client_id and client_secret/],
    ['has other work', answerJson({}, 500), /it answered 500/],
    ['says nothing of it', answerJson({ sub: 'ada' }), /does not say whether/],
    ['says active in its own way', answerJson({ active: 'true' }), /does not say whether/],
    ['answers no JSON', (_request, response) => response.end('<html>'), /no JSON object/],
    ['leads elsewhere', answerJson({}, 302, { location: 'http://127.0.0.1:1/' }), /it answered 302/],
    ['says too much', answerJson({ active: true, x: 'x'.repeat(70_000) }), /too large/],
    ['breaks off', (_request, _response, socket) => socket.destroy(), /broke/],
  ])('lets nobody in where the server %s', async (_what, script, message) => {
    const told: Events['introspection.failed'][] = [];
    const stop = subscribe('introspection.failed', (event) => told.push(event));
    await start(script);
    expect(await reason()).toBe('AUTHENTICATION_UNAVAILABLE');
    server.script = answerJson({ active: true });
    expect(await reason()).toBe('let in');
    stop();
    expect(told).toEqual([{ message: expect.stringMatching(message), isNew: true }]);
  });

  it('is not asked about any more once nobody waits', async () => {
    await start(hang);
    const [first, second] = [new CancellationSource(), new CancellationSource()];
    const both = [first, second].map(async (gone) => introspection.identify(caller('opaque', gone)));
    await server.arrived(1);
    first.cancel(new HeadgateError('REQUEST_CANCELLED', 'gone'));
    await expect(both[0]).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    const [socket] = server.sockets;
    const closed = new Promise((resolve) => socket?.once('close', resolve));
    second.cancel(new HeadgateError('REQUEST_CANCELLED', 'gone'));
    await expect(both[1]).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    await closed;
  });
});
