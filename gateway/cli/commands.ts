import type { CommandEntry } from './command-entry';

/**
 * Every command and the module that it lives in. Only the module of the command that runs is loaded: `validate` and
 * `--help` answer without waiting for composition, planning and servers. By `require`, because `import()` would demand
 * an experimental flag under Jest; the type that it does not give is the module's.
 */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'serve',
    synopsis: '[options]',
    description: 'run the gateway',
    load: () => (require('./commands/serve') as typeof import('./commands/serve')).registerServe,
  },
  {
    name: 'demo',
    synopsis: '[options]',
    description:
      'run the example: three GraphQL subgraphs, one of them on three instances, a REST service, the gateway',
    load: () => (require('./commands/demo') as typeof import('./commands/demo')).registerDemo,
  },
  {
    name: 'compose',
    synopsis: '[options]',
    description: 'print the supergraph that the subgraphs of a supergraph.yaml compose to',
    load: () => (require('./commands/compose') as typeof import('./commands/compose')).registerCompose,
  },
  {
    name: 'rest',
    synopsis: 'import|check|test|run|serve [options]',
    description: 'REST services as subgraphs: draft an adapter, check it, test it, look at one connector, run it alone',
    load: () => (require('./commands/rest') as typeof import('./commands/rest')).registerRest,
  },
  {
    name: 'validate',
    synopsis: '[options]',
    description: 'check a configuration, the files that it names, and what they compose to',
    load: () => (require('./commands/validate') as typeof import('./commands/validate')).registerValidate,
  },
  {
    name: 'config',
    synopsis: 'schema|print [options]',
    description: 'show what a configuration may say, and what it comes to',
    load: () => (require('./commands/config') as typeof import('./commands/config')).registerConfig,
  },
  {
    name: 'plan',
    synopsis: '[options] <operation-file>',
    description: 'print how an operation is split over the subgraphs',
    load: () => (require('./commands/plan') as typeof import('./commands/plan')).registerPlan,
  },
  {
    name: 'expressions',
    synopsis: 'check [options] [file]',
    description: 'check expressions (CEL) of a configuration: rules, keys, fields of logs',
    load: () => (require('./commands/expressions') as typeof import('./commands/expressions')).registerExpressions,
  },
  {
    name: 'rules',
    synopsis: 'test [options] <file>',
    description: 'test which instances, headers and limits the rules of a configuration give to requests',
    load: () => (require('./commands/rules') as typeof import('./commands/rules')).registerRules,
  },
  {
    name: 'explain-request',
    synopsis: '[options] [operation-file]',
    description: 'print what rules, limits and pools would make of a request, fetch by fetch',
    load: () =>
      (require('./commands/explain-request') as typeof import('./commands/explain-request')).registerExplainRequest,
  },
  {
    name: 'explain',
    synopsis: '[options] [code]',
    description: 'print what an error code means, and what to do about it',
    load: () => (require('./commands/explain') as typeof import('./commands/explain')).registerExplain,
  },
  {
    name: 'subgraph',
    synopsis: 'publish|check|list|fetch|delete [options]',
    description: 'publish, check and see the subgraphs of a registry',
    load: () => (require('./commands/subgraph') as typeof import('./commands/subgraph')).registerSubgraph,
  },
  {
    name: 'supergraph',
    synopsis: 'publish|fetch|history|diff|blame|drafts|activate|discard|rollback [options]',
    description: 'see the revisions of a registry, make drafts current, roll back',
    load: () => (require('./commands/supergraph') as typeof import('./commands/supergraph')).registerSupergraph,
  },
  {
    name: 'operations',
    synopsis: 'usage|publish|list|delete [options]',
    description: 'see what clients ask for; publish, see and delete manifests of persisted documents in a registry',
    load: () => (require('./commands/operations') as typeof import('./commands/operations')).registerOperations,
  },
  {
    name: 'key',
    synopsis: 'create|list|revoke [options]',
    description: 'create, see and revoke keys of the admin listener',
    load: () => (require('./commands/key') as typeof import('./commands/key')).registerKey,
  },
  {
    name: 'pool',
    synopsis: 'list|drain|resume|eject|weight|explain [options]',
    description: 'see the pools of a running gateway, and steer their instances',
    load: () => (require('./commands/pool') as typeof import('./commands/pool')).registerPool,
  },
  {
    name: 'audit',
    synopsis: 'verify|tail [options] [file]',
    description: 'see the audit log of a gateway, and whether it is as it was written',
    load: () => (require('./commands/audit') as typeof import('./commands/audit')).registerAudit,
  },
  {
    name: 'init',
    synopsis: '[folder]',
    description: 'write a headgate.yaml with comments and the schema of an example; overwrites nothing',
    load: () => (require('./commands/init') as typeof import('./commands/init')).registerInit,
  },
  {
    name: 'completion',
    synopsis: 'bash|zsh|fish',
    description: 'print the completion of commands and options for a shell',
    load: () => (require('./commands/completion') as typeof import('./commands/completion')).registerCompletion,
  },
];
