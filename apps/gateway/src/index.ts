export { DecoderPool, type DecoderPoolOptions, type ObjectToView } from './decoder-pool.ts';
export { type CheckedRules, checkRules } from './rules-check.ts';
export { type GatewayArguments, initHome, runGateway } from './run.ts';
