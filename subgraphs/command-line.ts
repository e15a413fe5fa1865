import { parseArgs } from 'node:util';

/** How one process of an example service is started. */
export interface ServiceOptions {
  /** What the process calls itself in `x-instance` and on its first line. */
  readonly instance: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** End when whoever started this process closes its stdin, by intent or by dying. */
  readonly exitWithParent: boolean;
}

/** Reads `--port N` (or PORT), `--instance NAME` and `--exit-with-parent`; ends the process with 3 when they make no sense. */
export function readServiceOptions(service: string): ServiceOptions {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string' },
        instance: { type: 'string' },
        'exit-with-parent': { type: 'boolean' },
      },
    });
    return {
      instance: values.instance ?? service,
      port: readPort(values.port ?? process.env.PORT ?? '0'),
      exitWithParent: values['exit-with-parent'] ?? false,
    };
  } catch (error) {
    process.stderr.write(`${service}: ${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(3);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new RangeError(`--port wants a number from 0 to 65535, not "${text}"`);
}
