/** Of single files of undici, which ships types for all of it together only. */
declare module 'undici/lib/dispatcher/pool' {
  import { Pool } from 'undici';

  export = Pool;
}

declare module 'undici/lib/core/connect' {
  import { buildConnector } from 'undici';

  export = buildConnector;
}
