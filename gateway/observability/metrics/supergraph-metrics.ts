import { Gauge, type Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Counts supergraphs and configurations that were taken over and refused. */
export function countSupergraphs(registry: Registry): () => void {
  const changes = new Tally(registry, {
    name: 'headgate_supergraph_changes_total',
    help: 'Supergraphs activated and refused.',
    labels: ['result'],
  });
  const reloads = new Tally(registry, {
    name: 'headgate_config_reloads_total',
    help: 'Changed configurations taken over and refused.',
    labels: ['result'],
  });
  const defects = new Tally(registry, {
    name: 'headgate_internal_errors_total',
    help: 'Defects: what must not happen, see the log.',
    labels: [],
  });
  const info = new Gauge({
    name: 'headgate_supergraph_info',
    help: 'Always 1; the label is the version being served.',
    labelNames: ['version'],
    registers: [registry],
  });
  const at = new Gauge({
    name: 'headgate_supergraph_activation_timestamp_seconds',
    help: 'When the supergraph being served was activated.',
    registers: [registry],
  });
  changes.declare('refused');
  reloads.declare('refused');
  defects.declare();
  const stops = [
    subscribe('supergraph.activated', ({ version }) => {
      changes.add('activated');
      // One version at a time: versions before would pile up.
      info.reset();
      info.set({ version }, 1);
      at.setToCurrentTime();
    }),
    subscribe('supergraph.refused', () => changes.add('refused')),
    subscribe('config.reloaded', () => reloads.add('taken over')),
    subscribe('config.refused', () => reloads.add('refused')),
    subscribe('internal.error', () => defects.add()),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
