import type { DestinationStream } from 'pino';
import { pino } from 'pino';
import { LineBatch } from './line-batch';
import { levelOf, logEvents, type Writers } from './log-events';
import type { LogOptions } from './options';
import { RequestLines } from './request-lines';
import { TextLines } from './text-lines';

/** The log, from when it is opened until it is closed. */
export interface Log {
  /** Stops listening and writes out what is still in memory. */
  close(): Promise<void>;
}

interface Sink {
  readonly stream: DestinationStream;
  flush(): Promise<void>;
}

const STDERR = 2;
/** Lines that the reader of stderr is too slow for are dropped beyond this. */
const BUFFER_BYTES_MAX = 8 * 1024 * 1024;

/** Data goes to stdout, the log to stderr. */
function stderrSink(text: boolean): Sink {
  if (text) {
    // Into a file or a pipe they would be noise. https://no-color.org
    const colors = process.stderr.isTTY === true && !process.env.NO_COLOR;
    const stream = new TextLines(pino.destination({ dest: STDERR, sync: true }), colors);
    return { stream, flush: async () => {} };
  }
  const stderr = pino.destination({ dest: STDERR, sync: false, maxLength: BUFFER_BYTES_MAX });
  const stream = new LineBatch(stderr);
  return {
    stream,
    flush: () => {
      stream.close();
      return new Promise((resolve) => stderr.flush(() => resolve()));
    },
  };
}

/** Name, message and stacks only: other members of an error may hold headers or bodies. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return { type: name, message, stack, ...(cause !== undefined && { cause: errorFields(cause) }) };
}

/** ISO 8601 in milliseconds; formatted once for each second and each millisecond. */
function isoTime(): () => string {
  let second = Number.NaN;
  let beginning = '';
  let last = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now === last) return text;
    const milliseconds = now % 1000;
    if (now - milliseconds !== second) {
      second = now - milliseconds;
      beginning = `,"time":"${new Date(second).toISOString().slice(0, -4)}`;
    }
    last = now;
    text = `${beginning}${String(milliseconds).padStart(3, '0')}Z"`;
    return text;
  };
}

/** Lines of finished requests past pino: the one line that comes with every request. */
function requestWriter(
  base: Readonly<Record<string, unknown>>,
  timestamp: () => string,
  stream: DestinationStream,
): Writers {
  const lines = new RequestLines(base, timestamp);
  return {
    'request.finished': (log, event) => {
      const level = levelOf(event);
      if (log.isLevelEnabled(level)) stream.write(lines.line(pino.levels.values[level] ?? 30, event));
    },
  };
}

/**
 * Writes the log until it is closed: JSON, one line an event, or text on a terminal.
 * @param destination takes JSON lines in place of stderr
 */
export function startLog(options: LogOptions, destination?: DestinationStream): Log {
  if (options.level === 'silent') return { close: async () => {} };
  const text = options.format === 'text' || (options.format === 'auto' && process.stderr.isTTY === true);
  const { level, worker } = options;
  const { stream, flush } =
    destination === undefined ? stderrSink(text) : { stream: destination, flush: async () => {} };
  const base = { pid: process.pid, ...(worker !== undefined && { worker }) };
  const timestamp = isoTime();
  const log = pino({ level, base, timestamp, serializers: { err: errorFields } }, stream);
  const stop = logEvents(log, text ? {} : requestWriter(base, timestamp, stream));
  return {
    close: async () => {
      stop();
      await flush();
    },
  };
}
