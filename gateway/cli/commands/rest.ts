import { type Command, InvalidArgumentError } from 'commander';
import { inBackground } from '../../background';
import { loadConfig } from '../../config/load';
import { isHeadgateError } from '../../errors';
import { subscribe } from '../../events';
import { plainText } from '../../plain-text';
import { findSuites } from '../../rest-tests/find-suites';
import { describeProblem } from '../../transport/rest/model/problems';
import { type CommandOutput, diagnose, printError, runCommand } from '../output';
import { readAdapterFile } from '../rest/adapter-file';
import { checkFiles } from '../rest/check';
import { importDocument } from '../rest/import';
import { runConnector } from '../rest/run';
import { startRestServer } from '../rest/server';
import { readSuites, runSuites, type TestOptions } from '../rest/test';
import { FileWatch } from '../rest/watch';

interface ServeOptions {
  readonly config?: string;
  readonly host: string;
  readonly port: number;
}

interface WatchedTestOptions extends TestOptions {
  readonly watch?: boolean;
}

const TEST_HELP = `
A file of tests, users.connector.yaml:
  config: { schema: ./users.rest.graphql }
  tests:
    - name: a user by id
      target: Query.user
      variables: { $args: { id: "1" } }
      apiResponseBody: '{ "id": 1, "full_name": "Ann" }'
      expect:
        connectorRequest: { method: GET, url: "https://users.internal/v1/users/1" }
        connectorResponse: '{ "id": 1, "name": "Ann" }'
`;

const IMPORT_HELP = `
A file of overrides; names are those of the document and of the draft without overrides:
  source: { name: pets, base_url: "https://pets.internal/v2" }
  operations:
    listPets: { name: pets }
    "POST /pets/search": { root: query }
    deletePet: { leave_out: true }
  types:
    Pet: { name: Animal, key: id, batch: { operation: listPets, argument: ids, max_size: 50 } }
  fields:
    Pet.photoUrls: { name: photos }
    Pet.extra: { type: JSON }
`;

/** `headgate rest …`: exit 1 when an adapter has problems, 3 when a file cannot be read or a port is taken. */
export function registerRest(program: Command): void {
  const rest = program
    .command('rest')
    .description(
      'REST services as subgraphs: draft an adapter, check it, test it, look at one connector, run it alone',
    );
  rest
    .command('check')
    .description('check the @source and @connect directives of REST adapters')
    .argument('<file...>', 'SDL files with connect directives')
    .action(runCommand(check));
  rest
    .command('serve')
    .description('run one REST adapter as a GraphQL subgraph')
    .argument('<file>', 'an SDL file with connect directives')
    .option('--config <file>', 'instances, timeouts and headers of the subgraph; ./headgate.yaml by default')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 picks a free one', readPort, 0)
    .action(runCommand(serve));
  rest
    .command('test')
    .description('run the tests of *.connector.yaml files, offline; exit 1 when one fails')
    .argument('<path...>', 'files of tests, or folders to look for *.connector.yaml in')
    .option('--schema <file>', 'the adapter, in the place of the one that the files name')
    .option('--junit <file>', 'write the results as JUnit XML, too')
    .option('--watch', 'run again whenever a file changes')
    .addHelpText('after', TEST_HELP)
    .action(runCommand(test));
  rest
    .command('run')
    .description(
      'run one connector and show the request, the answer, and the mapping step by step; secrets are taken out',
    )
    .argument('<file>', 'an SDL file with connect directives')
    .argument('<target>', 'the connector: Type.field, or Type for one on a type; User[1] is the second')
    .option('--args <json>', 'arguments of the field')
    .option('--this <json>', 'the object that the field is of')
    .option('--batch <json>', 'a list of objects, for a bulk lookup')
    .option(
      '--variables <json>',
      'all of it at once: {"$args": …, "$this": …, "$batch": …, "$config": …, "$context": …, "$requestHeaders": …}',
    )
    .option('--header <header>', "a header of the client's request, 'name: value'; may be repeated", listed, [])
    .option('--url <source=url>', 'where a source is; may be repeated', listed, [])
    .option('--response <file>', 'take the answer from a file and send nothing')
    .option('--status <status>', 'of the answer from a file', readStatus, 200)
    .option('--config <file>', 'instances, timeouts and values of the subgraph; ./headgate.yaml by default')
    .action(runCommand(runConnector));
  rest
    .command('import')
    .description('draft an adapter from an OpenAPI document (2.0, 3.0, 3.1; JSON or YAML)')
    .argument('<openapi>', 'the document; references lead to files in its folder only')
    .option('--out <file>', 'where to write the adapter; stdout by default')
    .option('--overrides <file>', 'names, keys and what to leave out, kept beside the draft (YAML)')
    .option('--report <file>', 'write what was left out and what to look at, as JSON')
    .option('--force', 'write over a file that is no draft')
    .addHelpText('after', IMPORT_HELP)
    .action(runCommand(importDocument));
}

async function test(
  paths: readonly string[],
  { watch, ...options }: WatchedTestOptions,
): Promise<CommandOutput | undefined> {
  if (watch !== true) return runSuites(readSuites(paths, options), options);
  await watched(paths, options);
  return undefined;
}

/** Runs until it is interrupted; what is wrong with a file is told, and the next change may mend it. */
async function watched(paths: readonly string[], options: TestOptions): Promise<void> {
  let next = (): void => undefined;
  let stopped = false;
  const files = new FileWatch(() => next());
  const stop = (): void => {
    stopped = true;
    next();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let known = findSuites(paths);
  while (!stopped) {
    const changed = new Promise<void>((resolve) => {
      next = resolve;
    });
    files.files(known);
    try {
      const suites = readSuites(paths, options);
      // From here on also what the tests are about: an adapter that is wrong is told of, and mended.
      known = [...new Set(suites.flatMap(({ files: read }) => read))];
      files.files(known);
      process.stdout.write(`${plainText((await runSuites(suites, options)).text)}\n`);
    } catch (error) {
      if (!isHeadgateError(error)) throw error;
      printError(error, 'text');
    }
    if (!stopped) diagnose('waiting for changes; stop with Ctrl-C');
    await changed;
  }
  files.close();
  process.exitCode = 0;
}

async function check(paths: readonly string[]): Promise<CommandOutput> {
  const files = await checkFiles(paths);
  for (const { file, warnings } of files)
    for (const warning of warnings) diagnose(`warning: ${file}:${describeProblem(warning)}`);
  return { data: { files }, text: files.map(({ file }) => `${file} is valid`).join('\n') };
}

async function serve(path: string, { config: configPath, host, port }: ServeOptions): Promise<CommandOutput> {
  const file = await readAdapterFile(path);
  const { config } = await loadConfig(configPath === undefined ? {} : { path: configPath });
  subscribe('internal.error', ({ where, error }) => diagnose(`defect in ${where}: ${stackOf(error)}`));
  const server = await startRestServer(file, config, { host, port });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      diagnose(`${signal}: closing`);
      inBackground('REST server', server.close());
    });
  }
  return { data: { url: server.url, subgraph: file.name }, text: `subgraph ${file.name} ready at ${server.url}` };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function listed(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function readStatus(text: string): number {
  const status = Number(text);
  if (/^[1-5]\d\d$/.test(text)) return status;
  throw new InvalidArgumentError('a status is a number from 100 to 599.');
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
}
