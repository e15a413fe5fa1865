import { createServer, type IncomingMessage } from 'node:http';
import { readServiceOptions } from '../command-line';
import { prepareProcess, runUntilStopped } from '../lifetime';
import { reportLoad } from '../load-report';
import { type Answer, refuse } from './answer';
import { answer } from './routes';

const BODY_BYTES_MAX = 65_536;

const options = readServiceOptions('inventory');
prepareProcess(options);

const server = createServer(async (request, response) => {
  const { status, body } = await answerTo(request);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'x-instance': options.instance });
  response.end(JSON.stringify(body));
});
reportLoad(server);

server.listen(options.port, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  runUntilStopped(options, `http://127.0.0.1:${port}`, () => new Promise((resolve) => server.close(() => resolve())));
});

async function answerTo(request: IncomingMessage): Promise<Answer> {
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://inventory');
    const segments = pathname.split('/').filter(Boolean).map(decodeURIComponent);
    const body = await readJson(request);
    return answer({ method: request.method ?? 'GET', segments, query: searchParams, body });
  } catch (error) {
    if (error instanceof RangeError) return refuse(413, 'BODY_TOO_LARGE', error.message);
    return refuse(400, 'BAD_REQUEST', 'the request is neither a well-formed path nor JSON');
  }
}

/** @throws {RangeError} the body is larger than 64 kB; {SyntaxError} it is not JSON */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new RangeError(`a body has at most ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return bytes === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
