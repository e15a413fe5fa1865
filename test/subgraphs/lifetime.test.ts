import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

describe.each(['accounts', 'inventory'])('a process of %s', (service) => {
  const file = join(__dirname, '..', '..', 'subgraphs', service, 'main.js');

  function start(...args: string[]) {
    const child = spawn(process.execPath, [file, ...args], { stdio: 'pipe' });
    return { child, ended: once(child, 'exit') };
  }

  it('says on one line where it listens, and ends with 0 on SIGTERM', async () => {
    const { child, ended } = start('--port', '0', '--instance', 'here');
    const [line] = await once(child.stdout, 'data');
    expect(String(line)).toMatch(/^here listening on http:\/\/127\.0\.0\.1:\d+(\/graphql)?\n$/);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('ends when its parent lets go of it', async () => {
    const { child, ended } = start('--port', '0', '--exit-with-parent');
    await once(child.stdout, 'data');
    child.stdin.destroy();
    expect(await ended).toEqual([0, null]);
  });

  it('leaves Ctrl-C to the parent that looks after it', async () => {
    const { child, ended } = start('--port', '0', '--exit-with-parent');
    const [line] = await once(child.stdout, 'data');
    child.kill('SIGINT');
    const response = await fetch(String(line).trim().split(' ').at(-1) ?? '');
    await response.arrayBuffer();
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('names a taken port in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { child, ended } = start('--port', String(port));
    const said = await text(child.stderr);
    expect(said).toBe(`${service}: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`);
    expect(await ended).toEqual([1, null]);
    other.close();
  });

  it('refuses a port that is none with exit code 3', async () => {
    const { child, ended } = start('--port', 'abc');
    expect(await text(child.stderr)).toBe(`${service}: --port wants a number from 0 to 65535, not "abc"\n`);
    expect(await ended).toEqual([3, null]);
  });
});
