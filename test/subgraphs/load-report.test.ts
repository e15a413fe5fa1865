import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseLoadReport, utilizationOf } from '../../gateway/pool/weights/load-report';
import { LoadMeter, reportLoad } from '../../subgraphs/load-report';

const US_IN_MS = 1_000;

/** Keeps the event loop busy for so long, and the processor for half of it at least. */
function work(ms: number): void {
  const endMs = performance.now() + ms;
  const before = process.cpuUsage();
  while (performance.now() < endMs || process.cpuUsage(before).user < (ms / 2) * US_IN_MS);
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
    const utilization = report === null ? null : utilizationOf(report);
    expect(utilization).toBeGreaterThanOrEqual(0);
    expect(utilization).toBeLessThanOrEqual(1);
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
