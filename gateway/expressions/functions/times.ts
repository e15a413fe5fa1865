import type { Frame } from '../frame';
import { Duration, EvaluationError, Timestamp } from '../values';
import { declareFunction, type FunctionDeclaration, type Implementation, type Prepare } from './declare';

const SECOND = 1_000_000_000n;
/** The years 1 to 9999. */
const FIRST = -62_135_596_800n * SECOND;
const LAST = 253_402_300_800n * SECOND - 1n;

export function madeTimestamp(nanos: bigint): Timestamp | EvaluationError {
  return nanos < FIRST || nanos > LAST
    ? new EvaluationError('a timestamp is in the years 1 to 9999')
    : new Timestamp(nanos);
}

export function madeDuration(nanos: bigint): Duration | EvaluationError {
  if (BigInt.asIntN(64, nanos) === nanos) return new Duration(nanos);
  return new EvaluationError('a duration is shorter than 293 years');
}

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const TEXT_MAX = 100;

/** A date and time as RFC 3339 writes it. */
export function readTimestamp(text: string): Timestamp | EvaluationError {
  const match = text.length > TEXT_MAX ? null : TIMESTAMP.exec(text);
  const wrong = () => new EvaluationError(`${quoted(text)} is no timestamp, e.g. "2026-01-31T23:59:59Z"`);
  if (match === null) return wrong();
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59)
    return wrong();
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * (match[8] === '-' ? -60 : 60);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
  return madeTimestamp(BigInt(seconds) * SECOND + BigInt((match[7] ?? '').padEnd(9, '0')));
}

function quoted(text: string): string {
  return JSON.stringify(text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text);
}

/** Seconds as decimals, without zeros at the end. */
function fraction(nanos: bigint): string {
  const digits = nanos.toString().padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? '' : `.${digits}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** Whole seconds since 1970. */
export function secondsOf({ nanos }: Timestamp): bigint {
  return floorDivide(nanos, SECOND);
}

export function printTimestamp(timestamp: Timestamp): string {
  const seconds = secondsOf(timestamp);
  const whole = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', '');
  return `${whole}${fraction(timestamp.nanos - seconds * SECOND)}Z`;
}

export function printDuration({ nanos }: Duration): string {
  const length = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? '-' : ''}${length / SECOND}${fraction(length % SECOND)}s`;
}

const UNITS: Readonly<Record<string, bigint>> = {
  h: 3600n * SECOND,
  m: 60n * SECOND,
  s: SECOND,
  ms: 1_000_000n,
  us: 1000n,
  µs: 1000n,
  ns: 1n,
};
const PART = /(\d{1,20})?(?:\.(\d{0,20}))?([a-zµ]{1,2})/y;

/** A length such as `1h30m`, `-1.5s`, `20ms`: several parts, signed, down to nanoseconds, other than durations of a configuration. */
export function readDuration(text: string): Duration | EvaluationError {
  const negative = text.startsWith('-');
  let at = /^[+-]/.test(text) ? 1 : 0;
  let nanos = 0n;
  do {
    PART.lastIndex = at;
    const match = text.length > TEXT_MAX ? null : PART.exec(text);
    const unit = UNITS[match?.[3] ?? ''];
    if (match === null || unit === undefined || (match[1] ?? match[2] ?? '') === '')
      return text === '0' ? new Duration(0n) : noDuration(text);
    nanos += nanosIn(match[1] ?? '0', match[2] ?? '', unit);
    at = PART.lastIndex;
  } while (at < text.length);
  return madeDuration(negative ? -nanos : nanos);
}

function noDuration(text: string): EvaluationError {
  return new EvaluationError(`${quoted(text)} is no duration, e.g. "1h30m" or "1.5s"`);
}

function nanosIn(whole: string, decimals: string, unit: bigint): bigint {
  return BigInt(whole) * unit + (BigInt(decimals || '0') * unit) / 10n ** BigInt(decimals.length);
}

/** What the clock on a wall shows: a date whose UTC fields are those of the zone. */
type LocalDate = Date;

const OFFSET = /^([+-]?)(\d\d):(\d\d)$/;
/** To make one takes tens of microseconds; rules name one zone, if any. */
let lastZone: { readonly name: string; readonly format: Intl.DateTimeFormat } | undefined;
const ZONE_UNITS = 1000;

function localDate(frame: Frame, timestamp: Timestamp, zone: string): LocalDate | EvaluationError {
  const milliseconds = Number(floorDivide(timestamp.nanos, 1_000_000n));
  const offset = OFFSET.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(milliseconds + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  if (zone === 'UTC' || zone === '') return new Date(milliseconds);
  if (!frame.charge(lastZone?.name === zone ? ZONE_UNITS / 10 : ZONE_UNITS)) return frame.exhausted();
  const format = formatOf(zone);
  return format === null ? new EvaluationError(`${quoted(zone)} is no time zone`) : shownBy(format, milliseconds);
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  if (lastZone?.name === zone) return lastZone.format;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
    lastZone = { name: zone, format };
    return format;
  } catch {
    return null;
  }
}

function shownBy(format: Intl.DateTimeFormat, milliseconds: number): LocalDate {
  const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const date = new Date(0);
  date.setUTCFullYear(part('year'), part('month') - 1, part('day'));
  date.setUTCHours(part('hour'), part('minute'), part('second'), ((milliseconds % 1000) + 1000) % 1000);
  return date;
}

function dayOfYear(date: LocalDate): number {
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / 86_400_000);
}

/** Months, days of the year, the month and the week count from 0; only getDate counts from 1. */
const FIELDS: Readonly<Record<string, (date: LocalDate) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: dayOfYear,
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};
/** Of a duration: all of it in the unit, but milliseconds, which are those within the second. */
const LENGTHS: Readonly<Record<string, (nanos: bigint) => bigint>> = {
  getHours: (nanos) => nanos / (3600n * SECOND),
  getMinutes: (nanos) => nanos / (60n * SECOND),
  getSeconds: (nanos) => nanos / SECOND,
  getMilliseconds: (nanos) => (nanos % SECOND) / 1_000_000n,
};

/** A zone that is written in the expression is looked up with it, which the first time takes long. */
const prepareZone: Prepare = ([, zone]) => {
  if (typeof zone !== 'string' || zone === 'UTC' || zone === '' || OFFSET.test(zone)) return undefined;
  return formatOf(zone) === null ? `${quoted(zone)} is no time zone` : undefined;
};

function getter(name: string, read: (date: LocalDate) => number): FunctionDeclaration {
  const length = LENGTHS[name];
  const signatures = ['timestamp -> int', 'timestamp, string -> int', ...(length ? ['duration -> int'] : [])];
  const call: Implementation = (frame, time, zone = 'UTC') => {
    if (time instanceof Duration && length !== undefined) return length(time.nanos);
    if (!(time instanceof Timestamp) || typeof zone !== 'string') return undefined;
    const date = localDate(frame, time, zone);
    return date instanceof EvaluationError ? date : BigInt(read(date));
  };
  return declareFunction(`.${name}`, signatures, call, prepareZone);
}

export const TIMES: readonly FunctionDeclaration[] = Object.entries(FIELDS).map(([name, read]) => getter(name, read));
