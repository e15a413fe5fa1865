/** Forms of keys of the admin listener, wherever they are kept. */

/** Whom the journal and the log name. */
export const KEY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** What a key may do. */
export const KEY_SCOPE = /^(?:admin|read|check|operations|publish:[A-Za-z0-9_*-]{1,64}\/[A-Za-z0-9_*-]{1,64})$/;
export const KEY_SCOPES = 'admin, read, check, operations, or publish:GRAPH/SUBGRAPH with * for any characters';
