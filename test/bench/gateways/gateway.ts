import type { Children } from '../children';

/** Where one gateway process is to run. */
export interface Stand {
  readonly port: number;
  /** A supergraph whose subgraphs listen. */
  readonly supergraphFile: string;
  /** The subgraphs are at `<origin>/<name>`. */
  readonly subgraphsOrigin: string;
  /** A folder for this process alone. */
  readonly folder: string;
  /** The client's `authorization` header goes to the subgraphs. */
  readonly forwardAuthorization: boolean;
}

/** How a gateway is started. */
export interface GatewayCommand {
  /** A program that is not Node.js; absent: `node` runs it. */
  readonly program?: string;
  /** Its arguments, or those of `node`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where clients post. */
  readonly path: string;
  /** What clients send with each request, lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gateway that can be started any number of times. */
export interface PreparedGateway {
  /** Its packages and their versions. */
  readonly version: string;
  command(stand: Stand): GatewayCommand;
}

export interface Gateway {
  readonly id: string;
  readonly title: string;
  /** What a reader of its figures has to know. */
  readonly note?: string;
  /** Installs or builds what it needs; throws with the reason when it cannot be had. */
  prepare(children: Children): Promise<PreparedGateway>;
}
