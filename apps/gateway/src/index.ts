export { type GatewayArguments, initHome, runGateway } from './run.ts';
