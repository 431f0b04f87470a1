import { generateSigningKey, importPublicJwk, openSigningKey, publicJwk, type KeysById, type SigningKey } from '@assent/crypto';
import type { SigningAlgName } from '@assent/protocol';
import type { Fields, HttpRequest } from '../message.js';

export const now = new Date('2026-11-24T10:00:00Z');
export const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

export const aKey = async (alg: SigningAlgName): Promise<SigningKey> => openSigningKey({ ...(await generateSigningKey(alg)), alg });

/** The published keys of a signer, found as a key set finds them. */
export const keysOf = (...keys: readonly SigningKey[]): KeysById => {
  const all = keys.map((key) => importPublicJwk(publicJwk(key)));
  return (kid) => all.filter((key) => key.kid === kid);
};

export const payment = Buffer.from('{"amount":"10.00"}');
export const aRequest = (changes: Partial<HttpRequest> & { readonly body?: Uint8Array } = {}): HttpRequest & { readonly body?: Uint8Array } => ({
  method: 'POST',
  scheme: 'https',
  authority: 'rs.example',
  target: '/payments?x=1',
  headers: [['Authorization', 'DPoP token'], ['DPoP', 'proof'], ['Content-Type', 'application/json'], ['X-Idempotency-Key', 'k']],
  body: payment,
  ...changes,
});

export const replaced = (fields: Fields, name: string, change: (value: string) => string | undefined): Fields =>
  fields.flatMap((field) => {
    if (field[0].toLowerCase() !== name.toLowerCase()) return [field];
    const value = change(field[1]);
    return value === undefined ? [] : [[field[0], value] as const];
  });
