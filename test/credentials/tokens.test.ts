import { CancellationSource } from '../../gateway/cancellation';
import type { TokenOptions } from '../../gateway/credentials/options';
import { NoToken, type TokenSource, Tokens } from '../../gateway/credentials/tokens';
import { HeadgateError } from '../../gateway/errors';
import { type Events, subscribe } from '../../gateway/events';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import { poolOptions } from '../fixtures/pool-options';
import { answerJson, hang, type Script, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const nobodyLeaves = new CancellationSource();
let now: number;
let server: ScriptedServer;
let pool: Pool;
let tokens: Tokens;
let told: Events['token.asked'][];
let stop: () => void;

/** Tokens a, b, c and so on. */
const letters = (seconds?: number): Script => {
  let count = 0;
  return (...args) => {
    const access_token = String.fromCharCode(97 + count++);
    answerJson({ access_token, token_type: 'bearer', ...(seconds && { expires_in: seconds }) })(...args);
  };
};

const retry = { ...poolOptions([]).retry, maxAttempts: 1 };

async function start(script: Script, changes: Partial<TokenOptions> = {}): Promise<TokenSource> {
  server = await startScriptedServer(script);
  const options = poolOptions([`http://127.0.0.1:${server.port}/token`], { name: 'things/tokens', retry });
  pool = createPool(options);
  const client = { clientId: 'gate way', clientSecret: 'a:b%', scopes: ['read', 'write'], audience: 'things' };
  return tokens.source({ pool: options, ...client, subject: null, ...changes }, pool);
}

beforeEach(() => {
  now = 1_000_000;
  tokens = new Tokens(() => now);
  told = [];
  stop = subscribe('token.asked', (event) => told.push(event));
});
afterEach(async () => {
  stop();
  await pool.close(0);
  await server.kill();
});

const SUBJECT = { header: 'authorization', prefix: 'Bearer', type: 'urn:ietf:params:oauth:token-type:jwt' };
const formOf = (index: number) => Object.fromEntries(new URLSearchParams(server.received[index]?.body));

describe('a token for the gateway itself', () => {
  it('is asked for as RFC 6749 has it, once for all who want it, and kept', async () => {
    const source = await start(letters(3600));
    const each = await Promise.all([source.of({}, nobodyLeaves), source.of({ authorization: 'x' }, nobodyLeaves)]);
    expect([...each, source.of({}, nobodyLeaves)]).toEqual(['a', 'a', 'a']);
    expect(server.received).toHaveLength(1);
    expect(formOf(0)).toEqual({ grant_type: 'client_credentials', scope: 'read write', audience: 'things' });
    const basic = `Basic ${Buffer.from('gate+way:a%3Ab%25').toString('base64')}`;
    expect(server.received[0]?.headers.authorization).toBe(basic);
    expect(told).toEqual([{ pool: 'things/tokens', outcome: 'given' }]);
  });

  it('is asked for anew while it is still good, and not shown shortly before its end', async () => {
    const source = await start(letters(100));
    await source.of({}, nobodyLeaves);
    now += 74_000;
    expect(source.of({}, nobodyLeaves)).toBe('a');
    now += 2_000;
    expect(source.of({}, nobodyLeaves)).toBe('a');
    await server.arrived(2);
    while (source.of({}, nobodyLeaves) === 'a') await new Promise(setImmediate);
    expect(source.of({}, nobodyLeaves)).toBe('b');
    now += 90_001;
    expect(await source.of({}, nobodyLeaves)).toBe('c');
    expect(server.received).toHaveLength(3);
  });

  it('that is refused is asked for anew once, and not again and again', async () => {
    const source = await start(letters(3600));
    await source.of({}, nobodyLeaves);
    expect(source.refuse({}, 'a')).toBe(true);
    // Somebody else has found out as well.
    expect(source.refuse({}, 'a')).toBe(true);
    expect(await source.of({}, nobodyLeaves)).toBe('b');
    expect(source.refuse({}, 'b')).toBe(false);
    expect(source.of({}, nobodyLeaves)).toBe('b');
    now += 10_001;
    expect(source.refuse({}, 'b')).toBe(true);
    expect(await source.of({}, nobodyLeaves)).toBe('c');
  });

  it.each<[string, Script, string]>([
    [
      '401',
      answerJson({ error: 'invalid_client', error_description: 'secret' }, 401),
      'the token endpoint answered 401 (invalid_client)',
    ],
    ['no token', answerJson({ token_type: 'Bearer' }), 'the token endpoint answered no token'],
    [
      'a token that no header can carry',
      answerJson({ access_token: 'a\r\nb', token_type: 'Bearer' }),
      'the token endpoint answered no token',
    ],
    [
      'a token of another kind',
      answerJson({ access_token: 'a', token_type: 'N_A' }),
      'the token endpoint answered a token that is no bearer token',
    ],
    ['no JSON', (_request, response) => response.end('secret'), 'the token endpoint answered no token'],
  ])('is not there when the server answers %s, which is not asked again at once', async (_what, script, message) => {
    const source = await start(script);
    await expect(source.of({}, nobodyLeaves)).rejects.toThrow(NoToken);
    expect(() => source.of({}, nobodyLeaves)).toThrow(NoToken);
    expect(server.received).toHaveLength(1);
    expect(told).toEqual([{ pool: 'things/tokens', outcome: 'failed', message, isNew: true }]);
    now += 1_001;
    await expect(source.of({}, nobodyLeaves)).rejects.toThrow(NoToken);
    expect(told.at(-1)).toMatchObject({ isNew: false });
    server.script = letters();
    now += 1_001;
    expect(await source.of({}, nobodyLeaves)).toBe('a');
  });

  it('is used until its end when there is no other one', async () => {
    const source = await start(letters(100));
    await source.of({}, nobodyLeaves);
    server.script = answerJson({}, 500);
    now += 80_000;
    expect(source.of({}, nobodyLeaves)).toBe('a');
    await server.arrived(2);
    while (told.length < 2) await new Promise(setImmediate);
    expect(source.of({}, nobodyLeaves)).toBe('a');
    now += 11_000;
    await expect(source.of({}, nobodyLeaves)).rejects.toThrow(NoToken);
  });

  it('is waited for by each as long as it likes', async () => {
    const source = await start(hang);
    const leaving = new CancellationSource();
    const left = Promise.resolve(source.of({}, leaving));
    leaving.cancel(new HeadgateError('REQUEST_CANCELLED', 'gone'));
    await expect(left).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
  });
});

describe('a token that is exchanged', () => {
  it('is one for each token of a client, as RFC 8693 has it', async () => {
    const source = await start(letters(3600), { subject: SUBJECT, scopes: [], audience: null });
    const of = (authorization?: string) =>
      source.of(authorization === undefined ? {} : { authorization }, nobodyLeaves);
    expect(await Promise.all([of('Bearer one'), of('bearer two'), of('Bearer one')])).toEqual(['a', 'b', 'a']);
    expect(of('Bearer  one')).toBe('a');
    expect(formOf(0)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'one',
      subject_token_type: SUBJECT.type,
    });
    for (const none of [undefined, 'Basic one', 'Bearer', 'Bearer a b']) expect(of(none)).toBeNull();
    expect([source.shown({ authorization: 'Bearer two' }), source.shown({})]).toEqual(['b', null]);
    expect(server.received).toHaveLength(2);
  });
});
