/** undici's BalancedPool behind an HTTP server. Arguments: retry or plain, port, origins. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BalancedPool, interceptors } from 'undici';

const [retry = 'plain', port = '0', ...origins] = process.argv.slice(2);
const balanced = new BalancedPool(origins, { connections: 16 });
const dispatcher =
  retry === 'retry'
    ? balanced.compose(interceptors.retry({ methods: ['POST'], statusCodes: [500, 502, 503, 504], maxRetries: 2 }))
    : balanced;

async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  try {
    const { statusCode, body } = await dispatcher.request({
      path: request.url ?? '/',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    response.writeHead(statusCode, { 'content-type': 'application/json' }).end(await body.text());
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}

process.on('disconnect', () => process.exit(0));
createServer((request, response) => void forward(request, response)).listen(Number(port), '127.0.0.1');
