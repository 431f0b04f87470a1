import { signJws } from '../jws/issue.js';
import type { SigningKey } from '../jwks/signing-key.js';

/** An ID token (OpenID Connect Core section 2). The claims are the caller's; `kid` names a published key (OIDC-01). */
export const signIdToken = (claims: object, key: SigningKey): Promise<string> => signJws({ typ: 'JWT' }, claims, key);
