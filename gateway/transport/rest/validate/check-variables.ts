import { type GraphQLField, type GraphQLNamedType, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import type { Reference } from '../mapping/references';
import type { ConnectVersion } from '../mapping/versions';
import { meant } from '../model/meant';
import type { ConnectDirective, SourceDirective } from '../model/read-directives';
import type { LocatedMapping, Site } from '../model/site';

const ALWAYS = ['$config', '$context', '$request'];
/** Goes to the source that the operator gave it to, and nowhere else: an answer is read by whoever asked. */
const SENT_ONLY = '$env';
const WITH_ANSWER = ['$status', '$response'];
const KNOWN = new Set([...ALWAYS, ...WITH_ANSWER, SENT_ONLY, '$args', '$this', '$batch']);
/** Variables that did not come with the first version. */
const SINCE: ReadonlyMap<string, ConnectVersion> = new Map([
  ['$batch', 'v0.2'],
  ['$request', 'v0.2'],
  ['$response', 'v0.2'],
  ['$env', 'v0.3'],
]);

/** Place of a connector, as far as its variables depend on it. */
export interface Place {
  readonly parent: GraphQLNamedType | undefined;
  readonly field: GraphQLField<unknown, unknown> | undefined;
  readonly root: boolean;
}

/** Every variable exists, is available where it is used, and has the field that is read from it. */
export function checkConnectVariables(connect: ConnectDirective, place: Place): void {
  const own: string[] = [];
  if (place.field !== undefined) own.push('$args');
  if (!place.root) own.push('$this');
  if (place.field === undefined) own.push('$batch');
  const { isSuccess, errorMessage, errorExtensions, selection, site, http } = connect;
  if (http === null) {
    checkMapping(selection, [...ALWAYS, ...own], false, site, place);
    return;
  }
  for (const mapping of http.mappings) checkMapping(mapping, [...ALWAYS, SENT_ONLY, ...own], false, site, place);
  for (const mapping of [isSuccess, errorMessage, errorExtensions, selection]) {
    if (mapping !== null) checkMapping(mapping, [...ALWAYS, ...WITH_ANSWER, ...own], true, site, place);
  }
}

export function checkSourceVariables(source: SourceDirective): void {
  const nowhere: Place = { parent: undefined, field: undefined, root: true };
  for (const mapping of source.http.mappings)
    checkMapping(mapping, [...ALWAYS, SENT_ONLY], false, source.site, nowhere);
  for (const mapping of [source.isSuccess, source.errorMessage, source.errorExtensions]) {
    if (mapping !== null) checkMapping(mapping, [...ALWAYS, ...WITH_ANSWER], true, source.site, nowhere);
  }
}

function checkMapping(located: LocatedMapping, allowed: readonly string[], hasData: boolean, site: Site, place: Place) {
  const { mapping, node, start } = located;
  if (!hasData && mapping.dataOffset !== null) {
    const message = 'there is no response yet: start with a variable such as `$args` or `$this`';
    site.refuseInside('VARIABLE_NOT_AVAILABLE', message, node, start + mapping.dataOffset);
  }
  for (const reference of mapping.references) {
    const at = start + reference.offset;
    const { variable } = reference;
    const since = SINCE.get(variable);
    if (since !== undefined) site.needsInside(since, `\`${variable}\``, node, at);
    if (!KNOWN.has(variable))
      site.refuseInside('VARIABLE_UNKNOWN', `unknown variable \`${variable}\`${meant(variable, allowed)}`, node, at);
    else if (!allowed.includes(variable)) {
      const why = variable === SENT_ONLY ? ': environment variables are sent to a source and never shown' : '';
      const message = `\`${variable}\` is not available here${why}; available are ${allowed.join(', ')}`;
      site.refuseInside('VARIABLE_NOT_AVAILABLE', message, node, at);
    } else checkKeys(reference, at, located, site, place);
  }
}

function checkKeys(
  reference: Reference,
  at: number,
  { node }: LocatedMapping,
  site: Site,
  { parent, field }: Place,
): void {
  const { variable, keys } = reference;
  const [first, ...more] = keys;
  if (first === undefined) {
    if (variable === SENT_ONLY)
      site.refuseInside('VARIABLE_NOT_AVAILABLE', '`$env` is read one name at a time: write `$env.NAME`', node, at);
    return;
  }
  if (variable === '$args') {
    const args = field?.args ?? [];
    const argument = args.find(({ name }) => name === first);
    const missing =
      argument === undefined
        ? { name: first, known: args.map(({ name }) => name) }
        : unknownInput(getNamedType(argument.type), more);
    if (missing === null) return;
    const { name, known } = missing;
    const which =
      known.length === 0
        ? 'there are none: declare it'
        : `there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}`;
    const message = `\`$args.${keys.join('.')}\`: there is no \`${name}\`${meant(name, known)}; ${which}`;
    site.refuseInside('ARGUMENT_UNKNOWN', message, node, at);
  }
  if (
    (variable === '$this' || variable === '$batch') &&
    isObjectType(parent) &&
    parent.getFields()[first] === undefined
  ) {
    const message = `\`${variable}.${first}\`: type ${parent.name} has no field \`${first}\`${meant(first, Object.keys(parent.getFields()))}`;
    site.refuseInside('THIS_FIELD_UNKNOWN', message, node, at);
  }
}

interface Missing {
  readonly name: string;
  /** Names that there are in its place. */
  readonly known: readonly string[];
}

/** The first key that an input type does not have; null when it has them all. */
function unknownInput(type: GraphQLNamedType, keys: readonly string[]): Missing | null {
  const [first, ...more] = keys;
  if (first === undefined || !isInputObjectType(type)) return null;
  const fields = type.getFields();
  const field = fields[first];
  return field === undefined
    ? { name: first, known: Object.keys(fields) }
    : unknownInput(getNamedType(field.type), more);
}
