import { z } from 'zod';

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

export const authorization = z
  .strictObject({ directives, policies })
  .exactOptional()
  .describe('Who may have what. Absent: the directives of the supergraph are in effect, and no policy holds.');
