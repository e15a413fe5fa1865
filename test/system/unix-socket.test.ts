import { existsSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

function status(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/health/live', headers: { connection: 'close' } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}

describe('a gateway at a Unix socket', () => {
  const directory = temporaryDirectories();

  it.each([1, 2])('answers there with %d processes, beside its port, and leaves nothing behind', async (workers) => {
    const folder = directory();
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: ["127.0.0.1:0", "unix:./gateway.sock"], socket_mode: "600", workers: ${workers} }
admin: false
supergraph: { source: subgraphs, checkpoint: false }
subgraphs: { greeting: { schema: { file: ./greeting.graphql }, url: "http://127.0.0.1:1/" } }
`,
    );
    writeFileSync(join(folder, 'greeting.graphql'), 'type Query { hello: String }');
    const headgate = await startHeadgate(['serve'], { cwd: folder });
    const path = join(folder, 'gateway.sock');
    try {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      for (let time = 0; time < 2 * workers; time += 1) expect(await status(path)).toBe(200);
      expect((await fetch(new URL('/health/live', headgate.graphql))).status).toBe(200);
    } finally {
      await headgate.stop();
    }
    expect(existsSync(path)).toBe(false);
  });
});
