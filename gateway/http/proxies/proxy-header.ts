import { isIPv4, isIPv6 } from 'node:net';

/** What stands in front of a connection in the PROXY protocol, versions 1 and 2. */
export type ProxyHeader =
  /** More bytes are needed. */
  | 'incomplete'
  /** No such header. */
  | 'malformed'
  | {
      /** Bytes of it. */
      readonly length: number;
      /** Of the client; null where the proxy speaks for itself, or does not know it. */
      readonly source: string | null;
    };

/** The longest line that version 1 knows, with its end. */
const LINE_MAX = 107;
const SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const HEAD_BYTES = 16;
/** Addresses, and what a proxy tells beside them: those that are known stay far below. */
const REST_MAX = 4_096;
/** Bytes that a header may take. */
export const PROXY_HEADER_MAX = HEAD_BYTES + REST_MAX;
const PREFIX = Buffer.from('PROXY ');
const LF = 0x0a;

/** Reads what has arrived of a connection so far; one that begins otherwise is known by its first byte that differs. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsLike(bytes, SIGNATURE)) return bytes.length < HEAD_BYTES ? 'incomplete' : readBinary(bytes);
  return beginsLike(bytes, PREFIX) ? readLine(bytes) : 'malformed';
}

function beginsLike(bytes: Buffer, beginning: Buffer): boolean {
  const length = Math.min(bytes.length, beginning.length);
  return bytes.compare(beginning, 0, length, 0, length) === 0;
}

function readLine(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, LINE_MAX).indexOf(LF);
  if (end === -1) return bytes.length < LINE_MAX ? 'incomplete' : 'malformed';
  const [line, rest] = bytes.toString('latin1', 0, end + 1).split('\r\n');
  if (line === undefined || rest !== '') return 'malformed';
  const length = end + 1;
  const [, protocol, source = '', target = '', ...ports] = line.split(' ');
  if (protocol === 'UNKNOWN') return { length, source: null };
  const isAddress = protocol === 'TCP4' ? isIPv4 : protocol === 'TCP6' ? isPlainIPv6 : () => false;
  const isWhole = isAddress(source) && isAddress(target) && ports.length === 2 && ports.every(isPort);
  return isWhole ? { length, source } : 'malformed';
}

/** Without the zone, which means something on one machine only. */
function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

const LOCAL = 0x20;
const PROXY = 0x21;
/** Address family in the upper four bits, transport in the lower: TCP or UDP, whose clients come as TCP all the same. */
const IPV4 = 1;
const IPV6 = 2;
const UNIX = 3;
const ADDRESS_BYTES = [0, 12, 36, 216];

function readBinary(bytes: Buffer): ProxyHeader {
  const command = bytes[12];
  const form = bytes[13] ?? 0;
  const [family, transport] = [form >> 4, form & 0x0f];
  const rest = bytes.readUInt16BE(14);
  if ((command !== LOCAL && command !== PROXY) || family > UNIX || transport > 2 || rest > REST_MAX) return 'malformed';
  const length = HEAD_BYTES + rest;
  if (command === PROXY && rest < (ADDRESS_BYTES[family] ?? 0)) return 'malformed';
  if (bytes.length < length) return 'incomplete';
  return { length, source: command === PROXY ? addressIn(bytes.subarray(HEAD_BYTES), family) : null };
}

function addressIn(bytes: Buffer, family: number): string | null {
  if (family === IPV4) return bytes.subarray(0, 4).join('.');
  if (family !== IPV6) return null;
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16));
  // As Node writes addresses.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
