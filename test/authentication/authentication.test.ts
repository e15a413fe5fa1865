import { renameSync } from 'node:fs';
import { NO_ADDRESSES } from '../../gateway/addresses';
import { Authentication } from '../../gateway/authentication/authentication';
import { SYMMETRIC } from '../../gateway/authentication/jwt/algorithms';
import type { AuthenticationOptions } from '../../gateway/authentication/options';
import { CancellationSource } from '../../gateway/cancellation';
import { subscribe } from '../../gateway/events';
import { Facts } from '../../gateway/facts';
import { configFolders } from '../fixtures/config-folder';
import { keySetText, secretSigner } from '../fixtures/tokens';

const [first, second] = ['a', 'b'].map((letter) => secretSigner(letter.repeat(32)));
const soon = () => Math.floor(Date.now() / 1000) + 600;

function options(path: string, audiences: readonly string[] | null = null): AuthenticationOptions {
  const set = { issuers: null, audiences, algorithms: SYMMETRIC, pollMs: 300_000, allowsMissingExp: false };
  const keySets = [{ ...set, place: { kind: 'file', path } as const }];
  const places = [{ kind: 'header', name: 'authorization', prefix: 'Bearer' } as const];
  const jwt = { keySets, places, scopesClaim: 'scope', leewayMs: 0, continues: false };
  return { jwt, introspection: null, apiKeys: null, byCertificate: false, isRequired: true, addresses: NO_ADDRESSES };
}

/** Resolves with the next event of reading keys. */
const read = (name: 'keys.read' | 'keys.failed') =>
  new Promise((resolve) => {
    const stop = subscribe(name, (event) => {
      stop();
      resolve(event);
    });
  });

describe('authentication by keys in a file', () => {
  const configFolder = configFolders();
  let authentication: Authentication;
  afterEach(() => authentication.close());

  const knows = async (token = ''): Promise<boolean> => {
    const caller = {
      id: '',
      headers: { authorization: `Bearer ${token}` },
      gone: new CancellationSource(),
      facts: new Facts(),
    };
    try {
      return (await authentication.identify(caller)) !== null;
    } catch {
      return false;
    }
  };
  const token = (signer = first) => signer?.token({ exp: soon(), aud: 'shop' });
  const keys = (...signers: (typeof first)[]) => keySetText(...signers.flatMap((one) => one ?? []));

  it('follows the file, and keeps what it has where that is broken', async () => {
    const { write } = configFolder();
    const path = write('keys.json', keys(first));
    authentication = await Authentication.open(options(path));
    const before = token();
    expect([await knows(before), await knows(token(second))]).toEqual([true, false]);
    const failed = read('keys.failed');
    renameSync(write('next.json', '{'), path);
    expect(await failed).toMatchObject({ source: path, message: 'it is no JSON object', keys: 1 });
    expect(await knows(before)).toBe(true);
    const changed = read('keys.read');
    renameSync(write('next.json', keys(second)), path);
    expect(await changed).toMatchObject({ source: path, keys: 1, isNew: true });
    expect([await knows(before), await knows(token(second))]).toEqual([false, true]);
  });

  it('takes over other rules, and none that cannot be used', async () => {
    const { folder, write } = configFolder();
    const path = write('keys.json', keys(first));
    authentication = await Authentication.open(options(path));
    const before = token();
    expect(await knows(before)).toBe(true);
    await expect(authentication.prepare(options(`${folder}/missing.json`))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`authentication.jwt.jwks: ${folder}/missing.json cannot be used`),
    });
    (await authentication.prepare(options(path, ['other']))).abandon();
    expect(await knows(before)).toBe(true);
    (await authentication.prepare(options(path, ['other']))).commit();
    expect(await knows(before)).toBe(false);
    (await authentication.prepare(options(path, ['shop']))).commit();
    expect(await knows(before)).toBe(true);
  });
});
