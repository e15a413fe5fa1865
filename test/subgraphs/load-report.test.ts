import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseLoadReport, utilizationOf } from '../../gateway/pool/weights/load-report';
import { LoadMeter, reportLoad } from '../../subgraphs/load-report';

/** Keeps the event loop busy. */
function work(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

describe('the load report of a subgraph', () => {
  let server: Server;

  beforeEach(async () => {
    server = createServer((_request, response) => response.writeHead(200, { 'x-own': 'yes' }).end());
    reportLoad(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('goes with every answer, beside the headers of the service', async () => {
    // A listening TCP server has an AddressInfo.
    const { port } = server.address() as AddressInfo;
    const { headers } = await fetch(`http://127.0.0.1:${port}/`);
    expect(headers.get('x-own')).toBe('yes');
    const report = parseLoadReport(headers.get('endpoint-load-metrics') ?? '');
    expect(report === null ? null : utilizationOf(report)).toBe(0);
  });

  it('says how busy the event loop was, and how many requests there were', async () => {
    const meter = new LoadMeter();
    meter.read();
    work(600);
    // The loop has to turn once for its time to be counted.
    await new Promise((resolve) => setImmediate(resolve));
    const report = parseLoadReport(meter.read());
    expect(report?.applicationUtilization).toBeGreaterThan(0.8);
    expect(report?.applicationUtilization).toBeLessThanOrEqual(1);
    expect(report?.cpuUtilization).toBeGreaterThan(0);
    expect(report?.requestsPerSecond).toBeGreaterThan(0);
    expect(report?.requestsPerSecond).toBeLessThan(4);
  });
});
