import { isInterfaceType, isObjectType } from 'graphql';
import type { ConnectDirective } from '../model/read-directives';
import type { Place } from './check-variables';

/** Refuses a connector where nobody would call it. */
export function checkPlace({ site, application }: ConnectDirective, { parent }: Place): boolean {
  if (parent === undefined) return true;
  if (isObjectType(parent) && parent.name !== 'Subscription') return true;
  const remedy = isInterfaceType(parent)
    ? `put it on the types that implement ${parent.name}`
    : isObjectType(parent)
      ? 'a REST service sends no events: put it on a field of Query'
      : 'put it on an object type or one of its fields';
  site.refuse('PLACE_INVALID', `@connect has no effect on ${parent.name}: ${remedy}`, application.node);
  return false;
}
