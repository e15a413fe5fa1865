import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../gateway/config/load';
import { packageRoot } from '../../gateway/package-root';
import { configFolders } from '../fixtures/config-folder';

const FOLDER = join(packageRoot, 'deploy', 'kubernetes');
const newFolder = configFolders();

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
/** Shown as skipped where there is no kubectl. */
const withKubectl = hasKubectl ? describe : describe.skip;

function render(): Manifest[] {
  const text = execFileSync('kubectl', ['kustomize', FOLDER], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}

withKubectl('deploy/kubernetes, rendered by kubectl', () => {
  const manifests = hasKubectl ? render() : [];
  const of = (kind: string): Manifest => {
    const found = manifests.filter((manifest) => manifest.kind === kind);
    expect(found).toHaveLength(1);
    return found[0] ?? { kind, metadata: { name: '' } };
  };

  it('has what a gateway needs, all in one namespace', () => {
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'Deployment',
      'PodDisruptionBudget',
      'Role',
      'RoleBinding',
      'Service',
      'ServiceAccount',
    ]);
    expect(new Set(manifests.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['shop']));
  });

  it('allows to read EndpointSlices and nothing else', () => {
    expect(of('Role').rules).toEqual([
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
    ]);
    expect(of('RoleBinding').subjects).toEqual([{ kind: 'ServiceAccount', name: 'headgate', namespace: 'shop' }]);
  });

  it('probes the health paths, drains before it stops, and runs without privileges', () => {
    expect(of('Deployment')).toMatchObject({
      spec: {
        template: {
          spec: {
            serviceAccountName: 'headgate',
            terminationGracePeriodSeconds: 45,
            securityContext: { runAsNonRoot: true },
            containers: [
              {
                startupProbe: { httpGet: { path: '/health/live', port: 'graphql' } },
                livenessProbe: { httpGet: { path: '/health/live', port: 'graphql' } },
                readinessProbe: { httpGet: { path: '/health/ready', port: 'graphql' } },
                lifecycle: { preStop: { exec: {} } },
                resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '1Gi' } },
                securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
              },
            ],
          },
        },
      },
    });
  });

  it('selects the same pods by service, budget and deployment', () => {
    const labels = { 'app.kubernetes.io/name': 'headgate' };
    expect(of('Service')).toMatchObject({ spec: { selector: labels } });
    expect(of('PodDisruptionBudget')).toMatchObject({ spec: { selector: { matchLabels: labels } } });
    expect(of('Deployment')).toMatchObject({ spec: { selector: { matchLabels: labels } } });
  });

  it('mounts a configuration that this version takes', async () => {
    const { data, metadata } = of('ConfigMap');
    expect(of('Deployment')).toMatchObject({
      spec: {
        template: {
          spec: { volumes: expect.arrayContaining([{ name: 'config', configMap: { name: metadata.name } }]) },
        },
      },
    });
    const path = join(newFolder().folder, 'headgate.yaml');
    writeFileSync(path, String(Object.entries(data ?? {}).find(([name]) => name === 'headgate.yaml')?.[1]));
    const { config } = await loadConfig({ path, env: {} });
    expect(config.notInEffect).toEqual([]);
    expect(config.discovery.checkpoint).toBe('/var/lib/headgate/endpoints');
    expect(config.subgraphs.get('products')?.pools.graphql?.discovery?.source).toMatchObject({
      kind: 'kubernetes',
      service: 'products',
      port: 'graphql',
    });
  });
});
