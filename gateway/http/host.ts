/** A host, a port: no user information, no list. RFC 9110 section 7.2. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[^[\]@,:/?#\\\s]*)(?::\d*)?$/i;

/** Whether a text is a host and perhaps a port. */
export function isHost(text: string): boolean {
  return HOST.test(text);
}
