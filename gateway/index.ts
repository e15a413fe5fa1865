/** What a program that uses the package sees. */
import { checkPeers } from './peers';

// Before anything loads them: a copy that does not fit fails much later, and in other words.
checkPeers();

export type { Config } from './config/config';
export { type LoadedConfig, type LoadOptions, loadConfig } from './config/load';
export type { GivenSettings } from './config/object-config';
export { HeadgateGateway } from './embed/headgate-gateway';
export type { EmbedLogger, HeadgateGatewayOptions } from './embed/options';
export { ERROR_CODES, type ErrorCode, HeadgateError, isHeadgateError } from './errors';
export { createGateway, type Gateway, type GatewayOptions } from './gateway';
