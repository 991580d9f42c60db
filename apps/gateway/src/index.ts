export { DecoderPool, type DecoderPoolOptions, type ObjectToView } from './decoder-pool.ts';
export { type GatewayArguments, initHome, runGateway } from './run.ts';
