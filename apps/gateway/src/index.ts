export { DecoderPool, type DecoderPoolOptions, type ObjectToPreview } from './decoder-pool.ts';
export { type CheckedRules, checkRules } from './rules-check.ts';
export { type GatewayArguments, initHome, runGateway } from './run.ts';
