export { ANSWER_MS, type Answer, type Asking, call, callBytes, callLines, type Name, type Request } from './call.ts';
export { ApiError } from './errors.ts';
export { type Live, useLive } from './live.ts';
export { type AskOptions, queryClient, useAct, useAsk } from './query.ts';
export { onSession, type SessionNews, tellSession } from './session.ts';
