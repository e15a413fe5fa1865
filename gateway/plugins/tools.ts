import { GraphQLError } from 'graphql';
import { IDENTITY } from '../identity';
import { refused } from '../operations/asked';
import { CONNECTOR_CONTEXT } from '../transport/connector-context';
import type { PluginTools } from './plugin';

/** Refuses an operation: nothing of it is executed. */
export const refuse: PluginTools['refuse'] = (
  message,
  { code = 'BAD_REQUEST', status = 400, headers = {}, extensions } = {},
) => {
  const http = { status, headers: new Map(Object.entries(headers)) };
  return refused([new GraphQLError(message, { extensions: { ...extensions, code, http } })]);
};

export const PLUGIN_TOOLS: PluginTools = { refuse, IDENTITY, CONNECTOR_CONTEXT };
