/** `host:port`, `10.0.0.1:4001` or `[fd00::1]:4001`; the host without brackets. Null when it is none of these. */
export function dnsTarget(text: string): { readonly host: string; readonly port: number } | null {
  const [, host, port] = /^([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
