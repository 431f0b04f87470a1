import type { IssuerConfig } from '@assent/config';
import { consentPrefix } from '@assent/markets';
import { invalidScope, type Client } from '@assent/protocol';
import { isRegistered } from '../consent/named-scopes.js';

const scopeText = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/** The scopes a parameter lists, each once, order kept (RFC 6749 section 3.3). `invalid_scope` when malformed. */
export function parseScope(text: string): readonly string[] {
  if (!scopeText.test(text)) throw invalidScope('scope must be a list of scope names with single spaces between them', 'ASSENT-SCOPE-01');
  return [...new Set(text.split(' '))];
}

/** `invalid_scope` unless the client is registered for each scope and the issuer knows it. */
export function allowScopes(scope: readonly string[], client: Client, issuer: Pick<IssuerConfig, 'scopes' | 'market'>): void {
  for (const name of scope) {
    if (!issuer.scopes.includes(name) && consentPrefix(name, issuer.market) === undefined) throw invalidScope(`the scope ${name} is not known here`, 'ASSENT-SCOPE-02');
    if (!isRegistered(name, client, issuer)) throw invalidScope(`this client is not registered for the scope ${name}`, 'ASSENT-SCOPE-03');
  }
}
