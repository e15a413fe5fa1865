import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const FILE = join(__dirname, '..', '..', '..', 'gateway', 'planning', 'apollo', 'step-back.js');
const SOURCE = `require(${JSON.stringify(FILE)}).stepBack(); require('node:worker_threads').parentPort.postMessage('there');
setInterval(() => {}, 1_000);`;

/** Niceness of every thread of this process, the main thread's first: the system lists them by numbers that begin again some time. */
function niceness(): number[] {
  const main = String(process.pid);
  const threads = [main, ...readdirSync('/proc/self/task').filter((thread) => thread !== main)];
  return threads.map((thread) => {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    // The 19th field; the second one may have spaces in it.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

(process.platform === 'linux' ? it : it.skip)('lets other threads go first, and touches none of them', async () => {
  const before = niceness();
  const worker = new Worker(SOURCE, { eval: true });
  await new Promise((resolve) => worker.once('message', resolve));
  const [main = 0, ...others] = niceness();
  await worker.terminate();
  expect(main).toBe(before[0]);
  expect(others.filter((one) => one === main + 5).length).toBe(before.filter((one) => one === main + 5).length + 1);
});
