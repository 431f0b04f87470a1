/** Parameters, members and headers whose value is a credential. */
const secret =
  /\b(access_token|refresh_token|id_token|code|code_verifier|state|nonce|client_assertion|token|request|response|password|csrf|cookie|set-cookie|authorization|dpop|client-cert|grant_id|jti)("?\s*[:=]\s*"?)([^\s"&;,]+(?:\s(?=ey)[^\s"&;,]+)?)/gi;
const jwt = /\bey[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g;
const handle = /\b[A-Za-z0-9_-]{40,}\b/g;
const shown = 6;
const cut = (value: string): string => `${value.slice(0, shown)}…`;

/** Text without credentials: six characters of each stay, to tell two of them apart. */
export const redacted = (text: string): string => text.replace(jwt, cut).replace(secret, (_, name: string, between: string, value: string) => `${name}${between}${cut(value)}`).replace(handle, cut);
