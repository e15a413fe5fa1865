/** What a worker process runs: a gateway without sources, files and an admin listener; its primary has those. */

import { claimListener } from '../addresses';
import { inBackground } from '../background';
import { HeadgateError } from '../errors';
import { createGateway } from '../gateway';
import { preparePlannerThread } from '../planning/apollo/thread';
import { plainError, type StartMessage } from './messages';
import { loadedFrom, WorkerLink } from './worker-link';

async function run(start: StartMessage): Promise<void> {
  const loaded = loadedFrom(start.config);
  const { admin, store } = loaded.config;
  const link = new WorkerLink(start, store, (signal) => inBackground('stop of a worker', stop(signal)));
  process.once('disconnect', () => inBackground('stop of a worker', stop('the end of the primary process')));
  // Loads its code while the supergraph is being read: 0.2 s less until the first answer.
  if (start.supergraph !== null) preparePlannerThread();
  // The primary has it, and this process must not be sent there as to an instance.
  if (admin !== null) claimListener(admin.listen.host, admin.listen.port);
  const created = createGateway(loaded, { upstream: link });
  const stop = async (signal: string) => {
    await (await created).stop(signal);
    process.exit(0);
  };
  try {
    await (await created).start();
  } catch (error) {
    link.tell({ kind: 'failed', error: plainError(error) }, () => process.exit(1));
  }
}

if (process.send === undefined) throw new HeadgateError('USAGE', 'this file is started by headgate serve --workers');
// Ctrl-C and service managers signal the whole group: the primary says when it is time.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
// As: the primary's first message is this one. The next may come at once, so nothing is awaited before it is listened to.
process.once('message', (message) => inBackground('start of a worker', run(message as StartMessage)));
