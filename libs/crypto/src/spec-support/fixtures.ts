import { readFileSync } from 'node:fs';
import type { Client, OAuthError, PublicJwk, SigningAlg, SigningAlgName } from '@assent/protocol';
import { generateSigningKey, openSigningKey, publicJwk, type SigningKey } from '../jwks/signing-key.js';

/** Published examples, copied with their source named inside. */
export const vectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T;

export const now = new Date('2026-11-24T10:00:00Z');
export const seconds = now.getTime() / 1000;
export const after = (delta: number): Date => new Date(now.getTime() + delta * 1000);
export const allAlgs: readonly SigningAlg[] = ['PS256', 'ES256', 'EdDSA', 'Ed25519'];
export const issuer = 'https://bank.example/fapi2';

export async function aKey(alg: SigningAlgName): Promise<SigningKey> {
  return openSigningKey({ ...(await generateSigningKey(alg)), alg });
}

export function aClient(changes: Partial<Client> = {}): Client {
  return {
    client_id: 'tally-budget',
    client_name: 'Tally',
    redirect_uris: ['https://tpp.example/callback'],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    scope: ['openid'],
    token_endpoint_auth_method: 'private_key_jwt',
    dpop_bound_access_tokens: true,
    tls_client_certificate_bound_access_tokens: false,
    use_mtls_endpoint_aliases: false,
    id_token_signed_response_alg: 'ES256',
    subject_type: 'public',
    require_auth_time: false,
    ...changes,
  };
}

export const jwksOf = (...keys: readonly SigningKey[]): { keys: PublicJwk[] } => ({ keys: keys.map(publicJwk) });

/** What a refusal is about, for tables. */
export async function refusalOf(attempt: () => unknown): Promise<{ code?: string; status?: number; rule?: string; reason?: string; name?: string }> {
  try {
    await attempt();
  } catch (error) {
    const { code, status, rule, reason, name } = error as OAuthError & { reason?: string };
    return { code, status, rule, name, ...(reason === undefined ? {} : { reason }) };
  }
  return {};
}

export const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A small seeded generator: the same inputs in every run. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return ((mixed ^ (mixed >>> 16)) >>> 0) % below;
  };
}
