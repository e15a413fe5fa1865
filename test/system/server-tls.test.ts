import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';
import { type Pair, TestAuthority } from '../fixtures/test-authority';

describe('a gateway that speaks TLS', () => {
  const directory = temporaryDirectories();
  const authority = new TestAuthority();
  const [first, second] = [authority.issue('first'), authority.issue('second')];
  let service: LiveSubgraph;
  let headgate: HeadgateProcess;
  let folder: string;

  beforeAll(async () => {
    const sdl = 'type Query { hello: String }';
    service = await startLiveSubgraph('greeting', { sdl, resolvers: { Query: { hello: () => 'hello' } } });
  });
  afterAll(() => service.close());
  afterEach(() => headgate.stop());

  function write({ cert, key }: Pair): void {
    writeFileSync(join(folder, 'tls.key'), key);
    writeFileSync(join(folder, 'tls.crt'), cert);
  }

  async function start(workers: number): Promise<void> {
    folder = directory();
    write(first);
    writeFileSync(join(folder, 'greeting.graphql'), 'type Query { hello: String }');
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0", workers: ${workers}, tls: { cert: ./tls.crt, key: ./tls.key } }
admin: false
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { greeting: { schema: { file: ./greeting.graphql }, url: "${service.url}" } }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  }

  /** @returns the answer, and the name in the certificate */
  function ask(): Promise<{ body: string; name: string | undefined }> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' };
      const options = { method: 'POST', headers, ca: authority.cert, agent: false };
      const sent = request(headgate.graphql, options, (response) => {
        const { CN } = (response.socket as TLSSocket).getPeerCertificate().subject; // as: of https
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ body: body.trim(), name: String(CN) }));
      });
      sent.on('error', reject).end('{"query":"{ hello }"}');
    });
  }

  it.each([1, 2])('takes over another certificate under load, with %d processes', async (workers) => {
    await start(workers);
    expect(headgate.graphql).toMatch(/^https:/);
    const names = new Set<string | undefined>();
    let isOver = false;
    const load = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const { body, name } = await ask();
          expect(body).toBe('{"data":{"hello":"hello"}}');
          names.add(name);
        }
      }),
    );
    write(second);
    await headgate.logged('"event":"config.reloaded"');
    isOver = true;
    await load;
    for (let time = 0; time < 2 * workers; time += 1) expect((await ask()).name).toBe('second');
    expect([...names].every((name) => name === 'first' || name === 'second')).toBe(true);
  });

  it('keeps its certificate when another one cannot be used', async () => {
    await start(1);
    writeFileSync(join(folder, 'tls.crt'), second.cert);
    await headgate.logged('"event":"config.refused"', 'these certificates cannot be used');
    expect((await ask()).name).toBe('first');
  });
});
