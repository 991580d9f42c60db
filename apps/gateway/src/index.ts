export { DecoderPool, type DecoderPoolOptions, type ObjectToPreview } from './decoder-pool.ts';
export { type GatewayArguments, initHome, runGateway } from './run.ts';
