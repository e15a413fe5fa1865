import { numberIn } from '../expressions/equality';
import { declareFunction, type FunctionDeclaration } from '../expressions/functions/declare';

/** 32 bits of a text: equal in every process and every version (FNV-1a, its bits mixed as MurmurHash3 does in the end). */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const ALL = 2 ** 32;

/** A number in [0, 100) that is always the same for a text, and even for many texts. */
export function percentileOf(text: string): number {
  return (hash32(text) / ALL) * 100;
}

/** What rules may call beside the functions of the language. */
export const FUNCTIONS: readonly FunctionDeclaration[] = [
  /** A number from 0 that is always the same for a text. */
  declareFunction('hash', ['string -> int'], (frame, text) => {
    if (typeof text !== 'string') return undefined;
    return frame.chargeText(text.length) ? BigInt(hash32(text)) : frame.exhausted();
  }),
  /** True for so many of a hundred requests, by chance; with a text, always for the same texts. */
  declareFunction(
    'percent',
    ['int -> bool', 'double -> bool', 'int, string -> bool', 'double, string -> bool'],
    (frame, share, text) => {
      const percent = numberIn(share);
      if (percent === undefined) return undefined;
      if (text === undefined) return Math.random() * 100 < Number(percent);
      if (typeof text !== 'string') return undefined;
      if (!frame.chargeText(text.length)) return frame.exhausted();
      return percentileOf(text) < Number(percent);
    },
  ),
];
