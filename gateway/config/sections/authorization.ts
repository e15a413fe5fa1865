import { z } from 'zod';
import { isForwardable } from '../../transport/header-names';
import { headerName } from './names';
import { subgraphName } from './subgraph-name';

const directives = z
  .strictObject({
    enabled: z
      .boolean()
      .prefault(true)
      .describe('Whether `@authenticated`, `@requiresScopes` and `@policy` of the supergraph are in effect.'),
    mode: z
      .enum(['filter', 'reject'])
      .prefault('filter')
      .describe('`filter`: an operation is executed without what is refused; `reject`: it is not executed, 403.'),
    introspection: z
      .enum(['all', 'filter'])
      .prefault('all')
      .describe(
        '`filter`: introspection shows, and errors about a document name, what whoever asks may have; `all`: everything.',
      ),
    dry_run: z.boolean().prefault(false).describe('True: nothing is refused; what would be is logged and counted.'),
    errors: z
      .enum(['errors', 'extensions', 'disabled'])
      .prefault('errors')
      .describe(
        'Where a client reads what was refused: among the errors, in `extensions.authorizationErrors`, or nowhere.',
      ),
  })
  .prefault({})
  .describe('What the supergraph protects by its directives.');

const policies = z
  .record(z.string().min(1).max(256), z.string().min(1).max(4_096))
  .prefault({})
  .describe('When each policy of `@policy` holds: an expression (CEL) of request and operation.');

const claimHeader = z.strictObject({
  header: headerName
    .overwrite((name) => name.toLowerCase())
    .refine(isForwardable, 'it belongs to one connection or to the body, and cannot say a claim')
    .describe('Its name; whatever else would be in it is replaced.'),
  claim: z.string().min(1).max(256).describe('The name of the claim: a text is sent as it is, anything else as JSON.'),
});

const forwardClaims = z
  .strictObject({
    subgraphs: z
      .record(subgraphName, z.union([claimHeader, z.array(claimHeader).min(1).max(50)]))
      .describe('By the name of a subgraph: one header, or a list of them.'),
  })
  .exactOptional()
  .describe('Which claims of whoever asks subgraphs are told; empty where there is no such claim.');

export const authorization = z
  .strictObject({ directives, policies, forward_claims: forwardClaims })
  .exactOptional()
  .describe('Who may have what. Absent: the directives of the supergraph are in effect, and no policy holds.');
