import { constantTimeEqual } from '@assent/crypto';
import { accessDenied, insufficientScope, parseHandle, sha256, type AccessTokenFacts, type OAuthError, type RegisteredClient } from '@assent/protocol';
import { looksLikeJwt, verifyOwnAccessToken } from '../token/own-access-token.js';
import type { RegistrationCall } from './call.js';
import { requiredCertificate, verifyBinding } from './certificate.js';
import { bearerToken, refusedToken } from './initial-access.js';

/** One text for a wrong token and for a client that is no more, so that nobody learns which it was (DCR-11). */
const refuse = (rule = 'DCR-11'): OAuthError => refusedToken('the token is not valid for this registration, or the client is no longer registered', rule);

/**
 * The registration a request may read or change (RFC 7592 section 2; DCR-09, DCR-11): by its registration access token, or
 * by an access token of the client itself, as the market has it. 401 `invalid_token` otherwise, 403 while it is suspended.
 */
export async function managedRegistration(call: RegistrationCall, clientId: string): Promise<RegisteredClient> {
  const { access } = call.dialect.management;
  const certificate = requiredCertificate(call);
  const token = bearerToken(call);
  if (token === undefined) throw refusedToken('present the token of this registration under the scheme Bearer', 'DCR-11');
  const registered = access.as === 'registration-token' ? await byRegistrationToken(call, clientId, token) : await byOwnToken(call, clientId, token, access.scope);
  if (registered.status === 'suspended') throw accessDenied('this client is suspended: its registration can be neither read nor changed', 'ASSENT-DCR-07');
  const { organisation } = registered.metadata as { readonly organisation?: { readonly id?: string; readonly legal_name?: string; readonly register_number?: string } };
  if (registered.softwareId !== undefined) {
    const { id = '', legal_name: legalName = '', register_number: registrationNumber } = organisation ?? {};
    const { client_name: clientName = '' } = registered.metadata as { readonly client_name?: string };
    verifyBinding(call, certificate, { softwareId: registered.softwareId, clientName, redirectUris: [], roles: [], organisation: { id, legalName, active: true, ...(registrationNumber !== undefined && { registrationNumber }) } });
  }
  return registered;
}

async function byRegistrationToken({ engine, issuer }: RegistrationCall, clientId: string, token: string): Promise<RegisteredClient> {
  const registered = await engine.stores.registeredClients.find(issuer.issuer, clientId);
  const expected = registered?.tokenHash?.toString('base64url') ?? '';
  if (!registered || !constantTimeEqual(expected, sha256(token).toString('base64url'))) throw refuse();
  return registered;
}

/** A client_credentials token: nobody's grant stands behind it, and it is bound to the certificate that is presented. */
async function byOwnToken(call: RegistrationCall, clientId: string, token: string, scope: string | undefined): Promise<RegisteredClient> {
  const facts = await aliveToken(call, token);
  if (!facts || facts.clientId !== clientId || facts.grantId !== undefined) throw refuse();
  const { confirmation } = facts;
  if (confirmation && (!('x5t#S256' in confirmation) || confirmation['x5t#S256'] !== call.transport.certificate?.thumbprint)) throw refuse('F2-MT-04');
  if (scope !== undefined && !facts.scope.includes(scope)) throw insufficientScope(`the access token was not granted the scope ${scope}`, 'DCR-11').withHeaders({ 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` });
  const registered = await call.engine.stores.registeredClients.find(call.issuer.issuer, clientId);
  if (!registered) throw refuse();
  return registered;
}

async function aliveToken(call: RegistrationCall, token: string): Promise<AccessTokenFacts | undefined> {
  const { engine, issuer, now } = call;
  if (looksLikeJwt(token)) {
    const facts = await verifyOwnAccessToken(call, token);
    return facts && (await engine.stores.accessTokens.check(facts, [], now)).outcome === 'active' ? facts : undefined;
  }
  const handle = parseHandle(token);
  const found = handle && (await engine.stores.accessTokens.find(handle, [], now));
  return found?.outcome === 'found' && found.facts.issuer === issuer.issuer ? found.facts : undefined;
}
