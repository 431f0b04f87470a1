import type { ErrorFacts, MarketAnswer } from '../src/route.js';

/** There is no API but UserInfo: what is asked for here is answered as OAuth does (RFC 6750 section 3.1). */
export const connectIdError = ({ status, code, description }: ErrorFacts): MarketAnswer => ({ status, body: { error: code, error_description: description } });
