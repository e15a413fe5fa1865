import { relative } from 'node:path';
import { inBackground } from '../../background';
import type { Config } from '../../config/config';
import type { LoadedConfig } from '../../config/load';
import { createGateway } from '../../gateway';
import { diagnose } from '../output';
import { exampleServices, type ServicePlace } from './example-services';
import { checkPortsAreFree, type WantedPort } from './free-ports';
import { serviceFile } from './service-process';
import { type RunningService, startServices, stopServices } from './start-services';
import { stopRequested } from './stop-signals';
import { welcome } from './welcome';

/**
 * Runs the services of the example and the gateway in front of them until a signal stops both.
 * @param configPath named in messages
 * @throws {HeadgateError} PORT_IN_USE, CONFIG_INVALID, SUBGRAPH_UNREACHABLE and what the gateway throws at its start;
 *   nothing is left running
 */
export async function runDemo(loaded: LoadedConfig, configPath: string): Promise<void> {
  const { config } = loaded;
  // Services end with this process: an exit takes them along.
  const stop = stopRequested(() => process.exit(130));
  const places = exampleServices(config);
  await checkPortsAreFree([...gatewayPorts(config), ...places.map((place) => servicePort(place, configPath))]);
  diagnose(`starting ${places.length} services`);
  const services = await startServices(places);
  try {
    await runGateway(loaded, services, stop);
  } finally {
    await stopServices(services);
  }
}

async function runGateway(
  loaded: LoadedConfig,
  services: readonly RunningService[],
  stop: Promise<void>,
): Promise<void> {
  const { config } = loaded;
  const gateway = await createGateway(loaded);
  try {
    const { server, admin } = await gateway.start();
    process.stdout.write(welcome({ graphql: new URL(config.server.path, server).href, admin, services }));
    const noMore = reportDeaths(services);
    await stop;
    noMore();
    diagnose('stopping: the gateway, then the services');
  } finally {
    await gateway.stop();
  }
}

/** Says which service died, until the returned function is called. The demo goes on: that is what it shows. */
function reportDeaths(services: readonly RunningService[]): () => void {
  let reporting = true;
  for (const { service, instance, port, pid, ended } of services) {
    const report = ended.then((how) => {
      if (!reporting) return;
      const again = `node ${relative('', serviceFile(service))} --port ${port} --instance ${instance}`;
      diagnose(`${instance} (pid ${pid}) is gone: ${how}. Start it again with: ${again}`);
    });
    inBackground('demo', report);
  }
  return () => {
    reporting = false;
  };
}

function gatewayPorts({ server, admin }: Config): readonly WantedPort[] {
  const client = server.listen.flatMap((address) =>
    'path' in address ? [] : [{ ...address, owner: 'the gateway', remedy: 'choose another with --port' }],
  );
  if (admin === null) return client;
  return [
    ...client,
    { ...admin.listen, owner: 'the admin listener', remedy: 'choose another with HEADGATE_ADMIN_PORT' },
  ];
}

function servicePort({ service, instance, host, port }: ServicePlace, configPath: string): WantedPort {
  return {
    host,
    port,
    owner: instance,
    remedy: `free it, or change its url under subgraphs.${service} in ${configPath}`,
  };
}
