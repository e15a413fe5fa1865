/** Versions of the published connect specification, the oldest first. Each has all that those before it have. */
export const CONNECT_VERSIONS = ['v0.1', 'v0.2', 'v0.3', 'v0.4'] as const;

export type ConnectVersion = (typeof CONNECT_VERSIONS)[number];

/** What texts are read as where nobody says otherwise. */
export const DEFAULT_VERSION: ConnectVersion = 'v0.3';

export function isConnectVersion(text: string): text is ConnectVersion {
  return (CONNECT_VERSIONS as readonly string[]).includes(text);
}

/** Tells whether `version` has what came with `since`. */
export function hasFeatureOf(version: ConnectVersion, since: ConnectVersion): boolean {
  return CONNECT_VERSIONS.indexOf(version) >= CONNECT_VERSIONS.indexOf(since);
}
