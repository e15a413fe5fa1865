import { type Soon, then } from '../../layers';
import type { HttpLayer } from '../http-step';
import type { Answer } from '../route';
import { isStreamed } from '../streamed-body';
import { withVary } from '../vary';
import { COMPRESSORS, chooser, isPossible } from './codings';
import type { CompressionOptions, ContentCoding } from './options';

/** Texts: what else there is has been compressed already. */
const COMPRESSIBLE = /^(?:text\/|application\/(?:[\w.+-]*\+)?(?:json|xml|javascript)\b|image\/svg\+xml\b)/;
/** Answers that are being compressed: so many wait for the few threads that Node has, and others are sent as they are. */
const AT_ONCE_MAX = 32;
/** What a client is sent as it is rather than that it waits: compressing it takes tenths of a second. */
const BYTES_MAX = 16_000_000;

/** Compresses answers for clients that accept it. Those that are made while they are sent go out as they are. */
export function compression({ bytesMin, codings }: CompressionOptions): HttpLayer {
  const choose = chooser(codings.filter(isPossible));
  let active = 0;
  /** Clients that asked the same at the same time are sent the same bytes: these are compressed once. */
  const known = new WeakMap<Buffer, Map<ContentCoding, Promise<Buffer | null>>>();

  function compressed(body: Buffer, coding: ContentCoding): Promise<Buffer | null> {
    const ofBody = known.get(body) ?? new Map<ContentCoding, Promise<Buffer | null>>();
    known.set(body, ofBody);
    const before = ofBody.get(coding);
    if (before !== undefined) return before;
    active += 1;
    const work = new Promise<Buffer | null>((resolve) => {
      COMPRESSORS[coding]?.(body, (error, result) => {
        active -= 1;
        resolve(error === null && result.length < body.length ? result : null);
      });
    });
    ofBody.set(coding, work);
    return work;
  }

  function coded(answer: Answer, accepted: string): Soon<Answer> {
    const { body } = answer;
    if (!isFit(answer) || body === undefined || isStreamed(body)) return answer;
    const headers = withVary(answer.headers, 'accept-encoding');
    const as = { ...answer, headers };
    const coding = body.length < bytesMin || body.length > BYTES_MAX || active >= AT_ONCE_MAX ? null : choose(accepted);
    if (coding === null) return as;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return compressed(bytes, coding).then((result) =>
      result === null ? as : { ...answer, body: result, headers: { ...headers, 'content-encoding': coding } },
    );
  }

  return {
    name: 'compression',
    wrap: (next) => (exchange) => {
      const accepted = exchange.headers['accept-encoding'];
      return then(next(exchange, undefined), (answer) => coded(answer, typeof accepted === 'string' ? accepted : ''));
    },
  };
}

/** Whether a coding may be put on an answer at all. */
function isFit({ status, headers = {} }: Answer): boolean {
  const { 'content-type': type, 'content-encoding': coding, 'cache-control': control } = headers;
  if (status === 204 || status === 206 || status === 304 || coding !== undefined) return false;
  return typeof type === 'string' && COMPRESSIBLE.test(type) && !String(control ?? '').includes('no-transform');
}
