/** The first nghttp2 with which no client can end the process (CVE-2026-27135). Node 20 never got it. */
const SOUND: readonly number[] = [1, 68, 1];

/** Why HTTP/2 is better not spoken to everybody by this Node; null: nothing is known. @param nghttp2 its version */
export function http2Flaw(nghttp2: string | undefined = process.versions.nghttp2): string | null {
  const version = (nghttp2 ?? '').split('.').map(Number);
  const at = SOUND.findIndex((wanted, index) => version[index] !== wanted);
  if (at === -1 || (version[at] ?? 0) > (SOUND[at] ?? 0)) return null;
  return `nghttp2 ${nghttp2} of Node ${process.version} lets a client end the process (CVE-2026-27135); ${SOUND.join('.')} does not, which current versions of Node 22 and 24 have`;
}
