import { NO_ADDRESSES } from '../../../gateway/addresses';
import { ASYMMETRIC } from '../../../gateway/authentication/jwt/algorithms';
import { RemoteKeys, type RemoteKeysOptions } from '../../../gateway/authentication/jwt/remote-keys';
import { type Events, subscribe } from '../../../gateway/events';
import { KeysClock } from '../../fixtures/keys-clock';
import {
  answerJson,
  hang,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../fixtures/scripted-server';
import { ecSigner, secretSigner } from '../../fixtures/tokens';

const [first, second] = [ecSigner('first'), ecSigner('second')];
const publishing =
  (...signers: readonly { readonly jwk: object }[]): Script =>
  (...given) =>
    answerJson({ keys: signers.map(({ jwk }) => jwk) })(...given);
const DAY_MS = 24 * 3_600_000;

let server: ScriptedServer;
let clock: KeysClock;
let keys: RemoteKeys;
const origin = () => `http://127.0.0.1:${server.port}`;
const told: Events['keys.failed'][] = [];
let stop: () => void;

beforeEach(async () => {
  server = await startScriptedServer(publishing(first));
  clock = new KeysClock();
  told.length = 0;
  stop = subscribe('keys.failed', (event) => told.push(event));
});
afterEach(async () => {
  stop();
  await keys.close();
  await server.kill();
});

function open(options: Partial<RemoteKeysOptions> = {}): RemoteKeys {
  keys = new RemoteKeys(
    {
      place: { kind: 'url', url: `${origin()}/keys?p=1` },
      pollMs: 300_000,
      rules: { algorithms: new Set(ASYMMETRIC), allowsSecrets: false },
      addresses: NO_ADDRESSES,
      ...options,
    },
    clock,
  );
  return keys;
}
/** Waits for the read under way, or begins one if that may be. */
const read = () => keys.refresh() ?? Promise.resolve();
const names = () => keys.keys?.map(({ kid }) => kid) ?? null;
/** Until the poll waits for so many times. */
async function polled(times: number): Promise<void> {
  while (clock.waits.length < times) await new Promise(setImmediate);
}

describe('keys of an identity provider', () => {
  it('are read at once, and again at the interval', async () => {
    open();
    expect(names()).toBeNull();
    await polled(1);
    expect(names()).toEqual(['first']);
    expect(clock.waits).toEqual([300_000]);
    server.script = publishing(second);
    const [before] = keys.keys ?? [];
    clock.wake();
    await polled(2);
    expect(names()).toEqual(['second']);
    expect(before?.isCurrent).toBe(false);
    expect(server.received.map(({ url }) => url)).toEqual(['/keys?p=1', '/keys?p=1']);
  });

  it('that stay are the same', async () => {
    open();
    await polled(1);
    const [before] = keys.keys ?? [];
    server.script = publishing(second, first);
    clock.wake();
    await polled(2);
    expect(keys.keys?.[1]).toBe(before);
    expect(before?.isCurrent).toBe(true);
  });

  it('are asked for once in half a minute, however many are missed', async () => {
    open();
    await polled(1);
    server.script = publishing(first, second);
    const all = Array.from({ length: 1_000 }, () => keys.refresh());
    expect(all.every((one) => one !== null)).toBe(true);
    await Promise.all(all);
    expect(names()).toEqual(['first', 'second']);
    for (let second = 0; second < 29; second++) {
      clock.goOn(1_000);
      expect(keys.refresh()).toBeNull();
    }
    expect(server.received.length).toBe(2);
    clock.goOn(1_000);
    await keys.refresh();
    expect(server.received.length).toBe(3);
  });

  it('count while they cannot be read, for a day', async () => {
    open();
    await polled(1);
    server.script = answerJson({}, 500);
    for (let failure = 1; failure <= 8; failure++) {
      clock.goOn(1_000);
      clock.wake();
      await polled(1 + failure);
    }
    expect(names()).toEqual(['first']);
    expect(clock.waits.slice(1)).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000]);
    expect(told.map(({ isNew }) => isNew)).toEqual([true, ...Array.from({ length: 7 }, () => false)]);
    expect(told[7]).toMatchObject({
      source: `${origin()}/keys`,
      message: 'it answered HTTP 500',
      ageMs: 8_000,
      keys: 1,
    });
    const [key] = keys.keys ?? [];
    clock.goOn(DAY_MS);
    clock.wake();
    await polled(10);
    expect([names(), key?.isCurrent]).toEqual([null, false]);
  });

  it.each<[string, Script, string | RegExp]>([
    ['answers no JSON', (_request, response) => response.end('<html>'), 'it is no JSON object'],
    ['answers something else', answerJson({ jwks: [] }), 'it has no list of keys'],
    ['leads elsewhere', answerJson({}, 302, { location: 'http://127.0.0.1:1/' }), 'it answered HTTP 302'],
    ['answers more than it should', answerJson({ keys: [], x: 'x'.repeat(1_000_001) }), /longer than 1000000 bytes/],
    ['breaks off', (_request, _response, socket) => socket.destroy(), /closed|reset|other side/],
  ])('cannot be read where a server %s', async (_what, script, message) => {
    server.script = script;
    open();
    await read();
    expect(names()).toBeNull();
    expect(told).toEqual([expect.objectContaining({ message: expect.stringMatching(message), ageMs: null })]);
  });

  it('have no secrets among them', async () => {
    server.script = publishing(first, secretSigner('x'.repeat(32), 'secret'));
    open();
    await polled(1);
    expect(names()).toEqual(['first']);
  });

  it('are not waited for when they are not wanted any more', async () => {
    server.script = hang;
    open();
    await server.arrived(1);
    await keys.close();
    expect([keys.refresh(), told]).toEqual([null, []]);
  });

  it('are not read from where nobody may be asked', async () => {
    open({ addresses: { deny: ['127.0.0.0/8'], allow: [] } });
    await read();
    expect(told[0]?.message).toContain('is in discovery.addresses.deny');
    expect(server.received).toEqual([]);
  });
});

describe('keys of an OpenID provider', () => {
  const provider =
    (configuration: () => object, after: Script = publishing(first)): Script =>
    (request, ...given) =>
      request.url === '/tenant/.well-known/openid-configuration'
        ? answerJson(configuration())(request, ...given)
        : after(request, ...given);
  const issuer = () => `${origin()}/tenant`;

  it('are where its configuration says', async () => {
    server.script = provider(() => ({ issuer: issuer(), jwks_uri: `${origin()}/certs` }));
    open({ place: { kind: 'issuer', issuer: issuer() } });
    await polled(1);
    expect(names()).toEqual(['first']);
    await keys.refresh();
    expect(server.received.map(({ url }) => url)).toEqual([
      '/tenant/.well-known/openid-configuration',
      '/certs',
      '/certs',
    ]);
  });

  it.each<[() => object, string]>([
    [() => ({ issuer: 'https://other.example', jwks_uri: `${origin()}/certs` }), 'https://other.example'],
    [() => ({ issuer: issuer() }), 'has no jwks_uri'],
    [() => ({ issuer: issuer(), jwks_uri: 'file:///etc/passwd' }), 'jwks_uri is not https'],
    [() => ({ issuer: issuer(), jwks_uri: 'https://a:b@idp.example' }), 'holds credentials'],
    [() => ({ issuer: issuer(), jwks_uri: 'http://169.254.169.254/keys' }), 'link-local'],
  ])('are not read by a configuration %#', async (configuration, message) => {
    server.script = provider(configuration);
    open({ place: { kind: 'issuer', issuer: issuer() } });
    await read();
    expect(names()).toBeNull();
    expect(told[0]?.message).toContain(message);
    expect(server.received.length).toBe(1);
  });
});
