import { renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { describeWithFaketime, standingAt } from '../fixtures/faketime';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';
import { type Pair, TestAuthority } from '../fixtures/test-authority';
import { keySetText, secretSigner } from '../fixtures/tokens';

const signer = secretSigner('a secret of thirty-two characters');
const soon = () => Math.floor(Date.now() / 1000) + 600;

/** A gateway of its own processes, and a subgraph that says whom it was told of. */
describe('a gateway that knows who asks', () => {
  const directory = temporaryDirectories();
  let subgraph: ScriptedServer;
  let headgate: HeadgateProcess;
  let folder: string;

  beforeAll(async () => {
    subgraph = await startScriptedServer((request, ...given) => {
      const isCheck = !request.body.includes('me');
      const data = isCheck ? { __typename: 'Query' } : { me: request.headers['x-user'] ?? 'not told' };
      answerJson({ data })(request, ...given);
    });
  });
  beforeEach(() => {
    folder = directory();
    writeFileSync(join(folder, 'accounts.graphql'), 'type Query { me: String }\n');
    writeFileSync(join(folder, 'keys.json'), keySetText(signer));
  });
  afterEach(() => headgate.stop());
  afterAll(() => subgraph.kill());

  function config(audiences: string, more = '', byCertificate = false): string {
    const path = join(folder, 'next.yaml');
    writeFileSync(
      path,
      `server: { listen: "127.0.0.1:0"${more} }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { accounts: { schema: { file: ./accounts.graphql }, url: "http://127.0.0.1:${subgraph.port}/graphql" } }
headers: { all: { request: [ { propagate: { matching: "^x" } } ] } }
authentication: { jwt: { jwks: [ { file: ./keys.json, audiences: [${audiences}] } ] }, mtls: { enabled: ${byCertificate} }, require: ${byCertificate} }
authorization: { forward_claims: { subgraphs: { accounts: { header: x-user, claim: sub } } } }
`,
    );
    return path;
  }

  async function start(more = '', env: Record<string, string> = {}, byCertificate = false): Promise<void> {
    renameSync(config('shop', more, byCertificate), join(folder, 'headgate.yaml'));
    headgate = await startHeadgate(['serve'], { cwd: folder, env });
  }

  async function me(claims: object | null, headers: Record<string, string> = {}): Promise<unknown> {
    const credentials = claims === null ? {} : { authorization: `Bearer ${signer.token(claims)}` };
    const answer = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...credentials, ...headers },
      body: '{"query":"{ me }"}',
    });
    const { data } = (await answer.json()) as { data?: { me: unknown } };
    return data === undefined ? answer.status : data.me;
  }

  it.each([[''], [', workers: 2']])('tells subgraphs of each who asks at once (%j)', async (more) => {
    await start(more);
    const people = Array.from({ length: 40 }, (_, index) => `person ${index % 5}`);
    const asked = people.map((sub) => me({ sub, aud: 'shop', exp: soon(), jti: Math.random() }));
    expect(await Promise.all(asked)).toEqual(people);
    expect(await me(null)).toBe('');
    expect(await me(null, { 'x-user': 'root' })).toBe('');
    expect(await me({ sub: 'ada', aud: 'shop', exp: soon() }, { 'x-user': 'root', x_user: 'root' })).toBe('ada');
    expect(await me({ sub: 'ada', aud: 'other', exp: soon() })).toBe(401);
  });

  it('takes over other rules while it runs', async () => {
    await start();
    const claims = { sub: 'ada', aud: 'shop', exp: soon() };
    expect(await me(claims)).toBe('ada');
    renameSync(config('other'), join(folder, 'headgate.yaml'));
    await headgate.logged('config.reloaded');
    expect(await me(claims)).toBe(401);
    expect(await me({ ...claims, aud: 'other' })).toBe('ada');
  });

  it('does not start with keys that cannot be used, and says where', async () => {
    await start();
    writeFileSync(join(folder, 'keys.json'), '{ "keys": 1 }');
    const { code, stderr } = await runHeadgate(['serve'], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toMatch(/authentication\.jwt\.jwks: .*keys\.json cannot be used: it has no list of keys/);
  });

  describe('by certificates', () => {
    const [authority, other] = [new TestAuthority(), new TestAuthority('other')];

    /** @returns what the subgraph was told, or the code of an error, or of the connection's */
    function meBy(shown: Pair | null, headers: Record<string, string> = {}): Promise<unknown> {
      return new Promise((resolve) => {
        const options = { method: 'POST', ca: authority.cert, agent: false, ...(shown ?? {}) } as const;
        const all = { 'content-type': 'application/json', ...headers };
        const sent = request(headgate.graphql, { ...options, headers: all }, (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => {
            const { data, errors } = JSON.parse(body);
            resolve(data?.me ?? errors[0].extensions.code);
          });
        });
        sent.on('error', ({ code }: NodeJS.ErrnoException) => resolve(`no connection: ${code}`));
        sent.end('{"query":"{ me }"}');
      });
    }

    it('knows whoever shows one that is believed', async () => {
      const own = authority.issue('gateway');
      writeFileSync(join(folder, 'tls.crt'), own.cert);
      writeFileSync(join(folder, 'tls.key'), own.key);
      writeFileSync(join(folder, 'ca.crt'), authority.cert);
      await start(', tls: { cert: ./tls.crt, key: ./tls.key, client_ca: ./ca.crt, client_auth: request }', {}, true);
      expect(await meBy(authority.issue('billing'))).toBe('billing');
      expect(await meBy(null)).toBe('UNAUTHENTICATED');
      const token = signer.token({ sub: 'ada', aud: 'shop', exp: soon() });
      expect(await meBy(authority.issue('billing'), { authorization: `Bearer ${token}` })).toBe('ada');
      expect(await meBy(other.issue('billing'))).toMatch(/^no connection/);
    });
  });

  describeWithFaketime('by a clock that differs', () => {
    /** Seconds since 1970: years from now, so that no other clock can be meant. */
    const NOW = 2_000_000_000;

    it.each([
      ['ended 59 seconds ago', { exp: NOW - 59 }, 'ada'],
      ['ended 61 seconds ago', { exp: NOW - 61 }, 401],
    ])('judges a token that %s', async (_when, times, outcome) => {
      await start('', standingAt(NOW));
      expect(await me({ sub: 'ada', aud: 'shop', ...times })).toBe(outcome);
    });
  });
});
