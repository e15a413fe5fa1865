import type { Children } from '../../children';
import type { Instance } from '../instance';

/** Something that stands before the instances: Headgate, or what it is compared with. */
export interface Target {
  readonly id: string;
  readonly title: string;
  /** What it needs is installed. */
  available(): boolean;
  start(site: TargetSite): Promise<RunningTarget>;
}

export interface TargetSite {
  readonly children: Children;
  readonly instances: readonly Instance[];
  /** For its files, its own. */
  readonly folder: string;
  /** Of Headgate only: YAML under `traffic_shaping.all`, one line for each key. */
  readonly shaping: Readonly<Record<string, string>>;
}

export interface RunningTarget {
  /** Where clients ask. */
  readonly url: string;
  /** Origin of Headgate's admin listener; null for others. */
  readonly admin: string | null;
  stop(): Promise<void>;
}
