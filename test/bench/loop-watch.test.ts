import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryDirectories } from '../fixtures/temporary-directory';
import { LOOP_DELAY_FILE } from './loop-delay';
import { LoopWatch, parseWait } from './loop-watch';

/** Blocks its loop whenever it is told something, and says so. */
const BLOCKS = `process.stdin.on('data', () => {
  const until = performance.now() + 200;
  while (performance.now() < until);
  setTimeout(() => console.log('blocked'), 20);
});
console.log('there');`;

describe('the loop of a gateway', () => {
  const directory = temporaryDirectories();

  it('tells of the longest time in which it did one thing, since it was asked last', async () => {
    const file = join(directory(), 'loop');
    const env = { ...process.env, [LOOP_DELAY_FILE]: file };
    const child = spawn(process.execPath, ['--require', LoopWatch.PRELOAD, '-e', BLOCKS], { env });
    await once(child.stdout, 'data');
    const watch = new LoopWatch(child.pid ?? 0, file);
    await watch.take();
    // Its first tick only tells from where to measure.
    await pause(100);
    child.stdin.write('!');
    await once(child.stdout, 'data');
    const blocked = await watch.take();
    const after = await watch.take();
    child.kill();
    await once(child, 'close');
    expect(blocked?.longestMs).toBeGreaterThan(150);
    expect(after?.longestMs).toBeLessThan(blocked?.longestMs ?? 0);
    expect(blocked?.waitedMs).toBeGreaterThanOrEqual(0);
  });

  it('tells how long its thread waited for a core', () => {
    expect(parseWait('97000000 1500000 41\n')).toBe(1_500_000);
  });
});
