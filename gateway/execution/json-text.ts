import { randomUUID } from 'node:crypto';
import { stringifyJson } from '../json/stringify';

/** A value as JSON text: {@link encode} writes it in its place; for everybody else it is the value. */
export class JsonText {
  /** @param chunks in UTF-8, one after the other */
  constructor(readonly chunks: readonly Buffer[]) {}

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

type Data = Readonly<Record<string, unknown>> | null | undefined;

/** `data`, and whatever else an answer has. */
type Result = { readonly data?: Data; readonly errors?: unknown; readonly extensions?: unknown };

/** Stands for a text while the rest is written. Nobody can guess it, and so put it into data. */
const MARK = randomUUID();
const NULL = Buffer.from('null');
const MARKED = new RegExp(`"${MARK}:(\\d+)"`, 'g');

/** Whether it has text at its first level. */
export function holdsText(data: Data): data is Readonly<Record<string, unknown>> {
  return data !== null && data !== undefined && Object.values(data).some((value) => value instanceof JsonText);
}

function mapped(data: Readonly<Record<string, unknown>>, change: (text: JsonText) => unknown): Record<string, unknown> {
  // Entries, not assignments: a key may be `__proto__`.
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, value instanceof JsonText ? change(value) : value]),
  );
}

/** `data` without texts: for whoever wants to read it. */
export function withoutTexts<D extends Data>(data: D): D | Record<string, unknown> {
  return holdsText(data) ? mapped(data, (one) => one.toJSON()) : data;
}

function marked(result: Result, data: Readonly<Record<string, unknown>>) {
  const texts: JsonText[] = [];
  const marks = mapped(data, (one) => `${MARK}:${texts.push(one) - 1}`);
  return { json: `${stringifyJson({ ...result, data: marks })}`, texts };
}

/**
 * The bytes of JSON.stringify and a line break, with numbers as they came and without parsing and writing again what is text already, at the first level of
 * `data`: texts are copied, not read.
 */
export function encode(result: Result): Buffer {
  const { data } = result;
  if (!holdsText(data)) return Buffer.from(`${stringifyJson(result)}\n`);
  const { json, texts } = marked(result, data);
  // What was matched stands at the odd places.
  const parts = `${json}\n`.split(MARKED);
  return Buffer.concat(
    parts.flatMap((part, at) => (at % 2 === 0 ? Buffer.from(part) : (texts[Number(part)]?.chunks ?? NULL))),
  );
}
