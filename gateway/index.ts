/** What a program that uses the package sees. */
import { checkPeers } from './peers';

// Before anything loads them: a copy that does not fit fails much later, and in other words.
checkPeers();

export type { Call } from './call';
export type { Config } from './config/config';
export { type LoadedConfig, type LoadOptions, loadConfig } from './config/load';
export type { GivenSettings } from './config/object-config';
export { HeadgateGateway } from './embed/headgate-gateway';
export type { EmbedLogger, HeadgateGatewayOptions } from './embed/options';
export { ERROR_CODES, type ErrorCode, HeadgateError, isHeadgateError } from './errors';
export type { Fact } from './facts';
export type { Flight } from './flight';
export { createGateway, type Gateway, type GatewayOptions } from './gateway';
export type { Answer as HttpAnswer, RouteRequest as HttpRequest } from './http/route';
export { IDENTITY, type Identity } from './identity';
export type { Asked, Outcome } from './operations/asked';
export type { Ready } from './operations/flights';
export type { Plugin, PluginModule, PluginReads, PluginStep, PluginTools, RefuseOptions } from './plugins/plugin';
export { refuse } from './plugins/tools';
export { CONNECTOR_CONTEXT } from './transport/connector-context';
export type { FetchStep } from './transport/fetch';
export type { FetchAnswer } from './transport/fetch-answer';
export type { FetchRequest } from './transport/fetch-request';
