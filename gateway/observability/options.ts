export interface LogOptions {
  readonly level: 'silent' | 'error' | 'warn' | 'info' | 'debug';
  /** `auto`: text when stderr is a terminal, JSON otherwise. */
  readonly format: 'auto' | 'json' | 'text';
  /** Number of this worker process, in every line; absent in a process that works alone. */
  readonly worker?: number;
}
