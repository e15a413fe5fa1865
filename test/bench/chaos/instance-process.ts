/** One instance of the subgraph `ping`: small, and as bad as its parent tells it to be. Arguments: host, port. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Behaviour, type FromInstance, type ToInstance, WELL } from './faults';

const [host = '127.0.0.1', port = '0'] = process.argv.slice(2);
const line: (() => void)[] = [];
let behaviour: Behaviour = WELL;
let requests = 0;
let executed: string[] = [];
let active = 0;
let seen = 0;

const tell = (message: FromInstance) => process.send?.(message);

function next(): void {
  while (active < behaviour.capacity) {
    const work = line.shift();
    if (work === undefined) return;
    active += 1;
    seen += 1;
    const { latencyMs, straggler } = behaviour;
    const straggles = straggler.every > 0 && seen % straggler.every === 0;
    setTimeout(
      () => {
        active -= 1;
        work();
        next();
      },
      latencyMs + (straggles ? straggler.extraMs : 0),
    );
  }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function serve(request: IncomingMessage, response: ServerResponse, text: string): void {
  // as: only the bench sends requests
  const { query, variables } = JSON.parse(text) as { query: string; variables?: { id?: string } };
  requests += 1;
  if (behaviour.does === 'fail') {
    answer(response, 500, { errors: [{ message: 'out of order' }] });
    return;
  }
  const id = variables?.id ?? '';
  const mutates = query.includes('mutation');
  const resets = mutates && behaviour.does === 'reset';
  line.push(() => {
    if (mutates) executed.push(id);
    if (resets) request.socket.resetAndDestroy();
    else answer(response, 200, { data: mutates ? { bump: id } : { ping: id } });
  });
  next();
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    answer(response, behaviour.health, {});
    return;
  }
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => serve(request, response, text));
});

process.on('message', (message: ToInstance) => {
  if (message.say === 'behave') behaviour = message.behaviour;
  tell({ say: 'done', turn: message.turn, counts: { requests, executed } });
  requests = 0;
  executed = [];
});
// Without its parent it has no purpose.
process.on('disconnect', () => process.exit(0));
// As a well-behaved server stops: what it has is answered, idle connections are closed.
process.on('SIGTERM', () =>
  server.close(() =>
    process.send?.({ say: 'farewell', counts: { requests, executed } } satisfies FromInstance, () => process.exit(0)),
  ),
);
server.listen(Number(port), host, 511, () => {
  // as: a server that listens on a port has such an address
  tell({ say: 'listening', port: (server.address() as AddressInfo).port });
});
