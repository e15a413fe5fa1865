/** The four subgraphs in one process: each body is executed once, and answered from memory ever after. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { SUBGRAPHS } from './federation/federation';
import { buildSubgraph } from './federation/subgraphs';
import { answerParent } from './helper-process';
import { type HttpMessage, HttpMessageReader } from './http-messages';

interface Listening {
  readonly origin: string;
}

export interface Counts {
  readonly requests: number;
  /** Those with an `authorization` header. */
  readonly authorized: number;
}

export type SubgraphsCommands = {
  /** Begins to listen on a free port. */
  listen(argument: null): Promise<Listening>;
  /** Whether no two answers shall be the same bytes from now on. */
  change(changing: boolean): void;
  /** How many requests have come so far. */
  count(argument: null): Counts;
};

const MOST_BODIES = 10_000;
/** White space behind the JSON, by which answers differ; a space for 0, a tab for 1. */
const PADDING_LENGTH = 24;
const PADDING = ' '.repeat(PADDING_LENGTH);
const AUTHORIZATION = /\r\nauthorization:/i;

/** One subgraph: its schema, and the HTTP answers it has already given, by request body. */
class Subgraph {
  readonly #schema: GraphQLSchema;
  readonly #answers = new Map<string, Buffer>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  known(body: string): Buffer | undefined {
    return this.#answers.get(body);
  }

  async answer(body: string): Promise<Buffer> {
    const answer = httpAnswer(200, JSON.stringify(await this.#execute(Buffer.from(body, 'latin1').toString('utf8'))));
    if (this.#answers.size >= MOST_BODIES) this.#answers.clear();
    this.#answers.set(body, answer);
    return answer;
  }

  async #execute(body: string): Promise<unknown> {
    const { query, variables, operationName } = JSON.parse(body);
    const document = parse(query);
    const errors = validate(this.#schema, document);
    if (errors.length > 0) return { errors };
    return await execute({ schema: this.#schema, document, variableValues: variables, operationName });
  }
}

/** All but the padding behind the body. */
function httpAnswer(status: number, body: string): Buffer {
  const length = Buffer.byteLength(body) + PADDING_LENGTH;
  const head = `HTTP/1.1 ${status} \r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  return Buffer.from(head + body);
}

function send(socket: Socket, answer: Buffer): void {
  socket.cork();
  socket.write(answer);
  socket.write(changing ? paddingOf(requests) : PADDING, 'latin1');
  socket.uncork();
}

function paddingOf(number: number): string {
  return number
    .toString(2)
    .padStart(PADDING_LENGTH, '0')
    .slice(-PADDING_LENGTH)
    .replaceAll('0', ' ')
    .replaceAll('1', '\t');
}

const subgraphs = new Map(SUBGRAPHS.map((name) => [`/${name}`, new Subgraph(buildSubgraph(name))]));
const unknownPath = httpAnswer(404, '{"errors":[{"message":"no such subgraph"}]}');
let requests = 0;
let authorized = 0;
let changing = false;

async function answer(socket: Socket, { head, body }: HttpMessage): Promise<void> {
  requests += 1;
  if (AUTHORIZATION.test(head)) authorized += 1;
  const [, path = ''] = head.split(' ', 2);
  const subgraph = subgraphs.get(path);
  const ready = subgraph === undefined ? unknownPath : subgraph.known(body);
  send(socket, ready ?? (await subgraph?.answer(body)) ?? unknownPath);
}

const server = createServer({ noDelay: true }, (socket) => {
  const fail = (error: Error) => {
    send(socket, httpAnswer(400, JSON.stringify({ errors: [{ message: error.message }] })));
    socket.end();
  };
  const reader = new HttpMessageReader((message) => void answer(socket, message).catch(fail), { keepBodies: true });
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => reader.push(bytes));
});

answerParent({
  listen: async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo; // it listens on TCP
    return { origin: `http://127.0.0.1:${port}` };
  },
  change: (wanted) => {
    changing = wanted;
  },
  count: () => ({ requests, authorized }),
} satisfies SubgraphsCommands);
