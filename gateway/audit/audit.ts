import { inBackground } from '../background';
import { type Events, subscribe } from '../events';
import { AuditLog, type AuditTrail } from './audit-log';
import { writeDenied } from './denied-access';
import type { AuditEntry } from './entry';
import type { AuditOptions } from './options';

/** The audit log of a gateway: what its rooms announce, and what is given to its trail. */
export interface Audit {
  readonly trail: AuditTrail;
  /** Says that the gateway ends, and closes the log. */
  close(): Promise<void>;
}

type Said = Pick<AuditEntry, 'action' | 'outcome' | 'target'> & Partial<AuditEntry>;

const NOBODY = { actor: null, address: null, request: null };

/**
 * Opens the log, says that the gateway begins, and writes what is announced until it is closed.
 * @param about what begins, for the first entry
 * @throws {HeadgateError} CONFIG_INVALID: it cannot be written there
 */
export async function openAudit(options: AuditOptions, about: Readonly<Record<string, unknown>>): Promise<Audit> {
  const { log, found } = await AuditLog.open(options);
  /** Kept by the log until it is written. */
  const note = (said: Said) => log.end({ ...NOBODY, ...said });
  const noteSoon = (said: Said) => inBackground('audit log', note(said));
  await note({ action: 'gateway.start', outcome: 'noted', target: about, after: found });
  const stops = [
    writeDenied((entry) => inBackground('audit log', log.end(entry))),
    subscribe('config.reloaded', (event) => noteSoon(reloaded(event))),
    subscribe('config.refused', ({ path, message }) =>
      noteSoon({ action: 'config.reload', outcome: 'refused', target: { path }, after: { message } }),
    ),
  ];
  return {
    trail: log,
    async close() {
      for (const stop of stops) stop();
      await note({ action: 'gateway.stop', outcome: 'noted', target: about });
      await log.close();
    },
  };
}

/** Whoever may write the file is not known: it is the file that says so. */
function reloaded({ path, changes = [] }: Events['config.reloaded']): Said {
  const values = (side: 'before' | 'after') =>
    Object.fromEntries(changes.filter((change) => side in change).map((change) => [change.key, change[side]]));
  return {
    action: 'config.reload',
    outcome: 'done',
    target: { path },
    before: values('before'),
    after: values('after'),
  };
}
