import type { AuthorizationOptions } from '../authorization/options';
import { compilePolicy } from '../authorization/policy-expression';
import { isHeadgateError } from '../errors';
import type { Finding } from './problem';
import type { Settings } from './settings';

/** Null when the file says nothing of it. */
export function authorizationOptions({ authorization: section }: Settings): AuthorizationOptions | null {
  if (section === undefined) return null;
  const { enabled, mode, introspection, dry_run: dryRun, errors } = section.directives;
  const policies = Object.entries(section.policies).map(([name, text]) => [name, compilePolicy(name, text)] as const);
  return { enabled, mode, introspection, dryRun, errors, policies: new Map(policies) };
}

/** Expressions that are none. */
export function* policyFindings({ authorization: section }: Settings): Generator<Finding> {
  for (const [name, text] of Object.entries(section?.policies ?? {})) {
    try {
      compilePolicy(name, text);
    } catch (error) {
      if (!isHeadgateError(error, 'EXPRESSION_INVALID')) throw error;
      const message = `this is no expression that says whether a policy holds: ${error.message}`;
      yield { path: ['authorization', 'policies', name], message };
    }
  }
}
