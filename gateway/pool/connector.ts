import { type AddressOptions, addressRules, portOf } from '../addresses';
import { AddressForbidden, lookupAllowed } from './allowed-lookup';
import { acceptContinue } from './interim-responses';
import { UnusableSettings } from './own-fault';
import { buildConnector } from './undici-internals';

/** Opening a connection takes no longer, whatever the deadline of the call: what waits for it is not kept longer. */
const CONNECT_TIMEOUT_MS = 5000;

/** Function that undici calls to open a connection. */
export type Connector = buildConnector.connector;
type Callback = buildConnector.Callback;

export interface ConnectorOptions {
  /** Over what is denied by itself. */
  readonly addresses: AddressOptions;
  /** Asked for in TLS when it is not the host of the URL. */
  readonly servername: string | undefined;
  readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null } | null;
}

/** Opens connections over TCP or TLS. Fails with {@link AddressForbidden} where no instance may be, with {@link UnusableSettings} when none can be made with these options. */
export function createConnector({ addresses, servername, tls }: ConnectorOptions): Connector {
  const rules = addressRules(addresses);
  // Of the one origin that a connector is made for.
  let port = 0;
  const open = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    // Looks at what the name resolves to now: it may be another address than before.
    lookup: (name, options, done) => lookupAllowed(name, options, (address) => rules.refusalOf(address, port), done),
    ...(servername !== undefined && { servername }),
    ...(tls?.ca != null && { ca: tls.ca }),
    ...(tls?.cert != null && { cert: tls.cert }),
    ...(tls?.key != null && { key: tls.key }),
  });
  return (target, callback) => {
    port = portOf(target.port, target.protocol);
    const refusal = rules.refusalOfName(target.hostname, port);
    if (refusal !== null) {
      fail(callback, new AddressForbidden(refusal));
      return;
    }
    try {
      open(target, (...made) => {
        const [error, socket] = made;
        if (error === null) callback(null, acceptContinue(socket));
        else callback(error, null);
      });
    } catch (error) {
      // Thrown before a byte was sent: by the certificate, key or CA themselves.
      fail(callback, new UnusableSettings(error));
    }
  };
}

/** Not before the caller is ready for it. */
function fail(callback: Callback, error: Error): void {
  process.nextTick(() => callback(error, null));
}
