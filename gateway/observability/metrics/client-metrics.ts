import { Counter, Gauge, type Registry } from 'prom-client';

/** Client requests that are being answered, and those for which there was no room. */
export interface ClientNumbers {
  readonly active: number;
  readonly max: number;
  readonly refused: number;
}

/** Connections of clients, and those for which there was no room. */
export interface ConnectionNumbers {
  readonly open: number;
  readonly max: number;
  readonly refused: number;
}

const NONE: ClientNumbers = { active: 0, max: 0, refused: 0 };

/** @param clients read when Prometheus asks */
export function countClients(registry: Registry, clients: ClientNumbers = NONE): void {
  const registers = [registry];
  new Gauge({
    name: 'headgate_requests_in_flight',
    help: 'Client requests that have arrived and are not answered.',
    registers,
    collect() {
      this.set(clients.active);
    },
  });
  new Gauge({
    name: 'headgate_requests_in_flight_max',
    help: 'As many as there may be: traffic_shaping.router.max_concurrency.',
    registers,
    collect() {
      this.set(clients.max);
    },
  });
  new Counter({
    name: 'headgate_requests_refused_total',
    help: 'Client requests refused because as many as there may be were being answered.',
    registers,
    collect() {
      this.reset();
      this.inc(clients.refused);
    },
  });
}

/** @param connections called when Prometheus asks */
export function countConnections(registry: Registry, connections: () => ConnectionNumbers): void {
  const registers = [registry];
  new Gauge({
    name: 'headgate_client_connections',
    help: 'Connections of clients that are open.',
    registers,
    collect() {
      this.set(connections().open);
    },
  });
  new Gauge({
    name: 'headgate_client_connections_max',
    help: 'As many as there may be: server.max_connections, or fewer where descriptors are few.',
    registers,
    collect() {
      this.set(connections().max);
    },
  });
  new Counter({
    name: 'headgate_client_connections_refused_total',
    help: 'Connections of clients closed at once because as many as there may be were in use.',
    registers,
    collect() {
      this.reset();
      this.inc(connections().refused);
    },
  });
}
