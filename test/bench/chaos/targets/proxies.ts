import { accessSync, constants, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Instance } from '../instance';
import { freePort, listens } from './free-port';
import type { Target, TargetSite } from './target';

interface Proxy {
  readonly id: string;
  readonly title: string;
  readonly program: string;
  readonly config: (port: number, site: TargetSite) => string;
  readonly command: (program: string, file: string, folder: string) => readonly string[];
}

const servers = (instances: readonly Instance[], line: (id: string, at: number) => string) =>
  instances.map(({ id }, at) => `  ${line(id, at)}\n`).join('');

const haproxyConfig =
  (lines: string, server: string) =>
  (port: number, { instances }: TargetSite) =>
    `global
  maxconn 4096
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 2s
frontend front
  bind 127.0.0.1:${port}
  default_backend back
backend back
  balance roundrobin
  option httpchk GET /health
${lines}${servers(instances, (id, at) => `server s${at} ${id} ${server}`)}`;

const nginxConfig =
  (lines: string, server: string) =>
  (port: number, { instances, folder }: TargetSite) =>
    `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream back {
    keepalive 64;
${servers(instances, (id) => `server ${id}${server};`)}  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://back;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
${lines}    }
  }
}
`;

const HAPROXY_TUNED = `  option redispatch 1
  retries 3
  retry-on all-retryable-errors
`;
const NGINX_TUNED = `      proxy_connect_timeout 500ms;
      proxy_read_timeout 1s;
      proxy_next_upstream error timeout http_500 http_502 http_503 http_504 non_idempotent;
      proxy_next_upstream_tries 3;
`;

const haproxyCommand: Proxy['command'] = (program, file) => [program, '-db', '-q', '-f', file];
const nginxCommand: Proxy['command'] = (program, file, folder) => [program, '-p', folder, '-c', file];

const PROXIES: readonly Proxy[] = [
  {
    id: 'haproxy',
    title: 'HAProxy',
    program: 'haproxy',
    config: haproxyConfig('', 'check'),
    command: haproxyCommand,
  },
  {
    id: 'haproxy-tuned',
    title: 'HAProxy tuned',
    program: 'haproxy',
    config: haproxyConfig(
      HAPROXY_TUNED,
      'check inter 500ms observe layer7 error-limit 5 on-error mark-down slowstart 10s',
    ),
    command: haproxyCommand,
  },
  { id: 'nginx', title: 'nginx', program: 'nginx', config: nginxConfig('', ''), command: nginxCommand },
  {
    id: 'nginx-tuned',
    title: 'nginx tuned',
    program: 'nginx',
    config: nginxConfig(NGINX_TUNED, ' max_fails=3 fail_timeout=5s'),
    command: nginxCommand,
  },
];

/** Debian keeps daemons where a user's PATH does not look. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

function found(program: string): string | null {
  const paths = FOLDERS.map((folder) => join(folder, program));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const PROXY_TARGETS: readonly Target[] = PROXIES.map(({ id, title, program, config, command }) => ({
  id,
  title,
  available: () => found(program) !== null,
  async start(site) {
    const port = await freePort();
    const file = join(site.folder, `${id}.conf`);
    writeFileSync(file, config(port, site));
    const child = site.children.start(command(found(program) ?? program, file, site.folder), {
      stdio: 'ignore',
    });
    await listens(port);
    return { url: `http://127.0.0.1:${port}/graphql`, admin: null, stop: () => site.children.stop(child) };
  },
}));
