/** What happened, before it has a place in the log. Values are JSON, and nothing in them is a secret. */
export interface AuditEntry {
  /** `registry.publish`, `instance.drain`, `config.reload`; of a call that has no name, method and path. */
  readonly action: string;
  /** `begun` stands before a change, `done` or `refused` behind it; `denied` is access that nobody got. */
  readonly outcome: 'begun' | 'done' | 'refused' | 'denied' | 'noted';
  /** `token`, `key NAME`, `loopback`; the subject of a client; null where nobody knows. */
  readonly actor: string | null;
  /** The address of whoever asked; null where it was not asked over a network. */
  readonly address: string | null;
  /** The name of the request, as its answer has it. */
  readonly request: string | null;
  /** What it is about, by name. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly status?: number;
  readonly code?: string;
}

/** Of a value: of all that an operator sends, only some of it has a length of its own. */
const VALUE_CHARACTERS_MAX = 8_192;
const SHOWN_CHARACTERS = 1_024;

/** Keeps a value of an entry short: one that is too long becomes its beginning, and says so. */
function bounded(value: unknown): unknown {
  const text = JSON.stringify(value) ?? 'null';
  if (text.length <= VALUE_CHARACTERS_MAX) return value;
  return { cut: true, characters: text.length, beginning: text.slice(0, SHOWN_CHARACTERS) };
}

/** The entry with values of bounded length. */
export function boundedEntry({ target, before, after, ...entry }: AuditEntry): AuditEntry {
  return {
    ...entry,
    target: bounded(target) as AuditEntry['target'], // as: an object either way
    ...(before !== undefined && { before: bounded(before) }),
    ...(after !== undefined && { after: bounded(after) }),
  };
}
