import { isIP } from 'node:net';
import { z } from 'zod';
import { isRange } from '../../addresses';
import { duration } from '../duration';
import { httpUrl } from '../http-url';

/** `10.0.0.2`, `10.0.0.2:5353`, `fd00::2` or `[fd00::2]:5353`. */
const dnsServer = z.string().refine((value) => {
  const [, address, port = '53'] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(value) ?? [null, value];
  return isIP(address?.replace(/^\[|\]$/g, '') ?? '') !== 0 && Number(port) > 0 && Number(port) <= 65_535;
}, 'expected the address of a DNS server, e.g. 10.0.0.2 or 10.0.0.2:5353');

const dns = z
  .strictObject({
    servers: z.array(dnsServer).max(16).prefault([]).describe('Addresses; those of the system when empty.'),
    timeout: duration().prefault('1s').describe('One question to one server; asked twice.'),
    min_ttl: duration().prefault('1s').describe('Records are held at least this long.'),
    max_ttl: duration().prefault('1m').describe('Records are held at most this long.'),
  })
  .prefault({})
  .describe('How dns and dns_srv ask.');

const kubernetes = z
  .strictObject({
    api: httpUrl().exactOptional().describe('The API server; the one that Kubernetes names to its pods when absent.'),
    service_account: z
      .string()
      .min(1)
      .prefault('/var/run/secrets/kubernetes.io/serviceaccount')
      .describe('Folder of token, ca.crt and namespace; read again for every request.'),
  })
  .prefault({})
  .describe('How kubernetes asks: by default as the service account of the pod.');

const range = z.string().refine(isRange, 'expected an address or a range, e.g. 10.0.0.0/8 or fd00::/8');
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/i;

const addresses = z
  .strictObject({
    deny: z.array(range).max(1_000).prefault([]).describe('Addresses and ranges that no instance may have.'),
    allow: z
      .array(
        z.string().refine((text) => isRange(text) || HOST_NAME.test(text), 'expected an address, a range or a name'),
      )
      .max(1_000)
      .prefault([])
      .describe('Addresses, ranges and names that are denied otherwise: link-local, metadata services.'),
  })
  .prefault({})
  .describe('Where instances may be; looked at when they register, and whenever a connection is opened.');

export const discovery = z
  .strictObject({
    addresses,
    checkpoint: z
      .union([z.literal(false), z.string().min(1)], { error: 'expected a path, or false to keep none' })
      .prefault('./.headgate/endpoints')
      .describe('Where the instances found, ejections and overrides are kept, for a start without their sources.'),
    dns,
    kubernetes,
  })
  .prefault({})
  .describe('How instances are found, for every subgraph that has discovery.');
