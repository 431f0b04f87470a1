import type { ClientCertificate } from '@assent/crypto';
import { attributesOf, certificateFault, type Statement } from '@assent/markets';
import { invalidClient, OAuthError } from '@assent/protocol';
import type { RegistrationCall } from './call.js';

/** The certificate of the call, of an authority that is trusted here. `invalid_client` (401) where one is needed and there is none. */
export function requiredCertificate({ dialect, transport }: RegistrationCall): ClientCertificate | undefined {
  const { certificate } = transport;
  if (dialect.mtls === 'optional') return certificate?.chainTrusted ? certificate : undefined;
  if (!certificate) throw invalidClient('present a client certificate: call the address in mtls_endpoint_aliases', 'ASSENT-DCR-05');
  if (!certificate.current) throw invalidClient('the client certificate is outside its validity dates', 'ASSENT-DCR-05');
  if (!certificate.chainTrusted) throw invalidClient('the client certificate was not issued by a trusted authority', 'ASSENT-DCR-05');
  return certificate;
}

/** The certificate must be the software's own, by the attributes the market names. */
export function verifyBinding({ dialect }: Pick<RegistrationCall, 'dialect'>, certificate: ClientCertificate | undefined, statement: Statement): void {
  if (!dialect.certificate || !certificate) return;
  const fault = certificateFault(dialect.certificate, certificate, statement);
  if (fault !== undefined) throw new OAuthError({ code: dialect.codes.foreignCertificate, status: 400, description: `client certificate: ${fault} (${dialect.certificate.clause})`, rule: 'ASSENT-DCR-06' });
}

/** The software a certificate names. `invalid_client` when it names none, or several. */
export function softwareIn(certificate: ClientCertificate, attribute: string): string {
  const [id, ...more] = attributesOf(certificate.subject, attribute);
  if (id === undefined || id === '' || more.length > 0) throw invalidClient(`the client certificate must name the software once (${attribute})`, 'ASSENT-DCR-06');
  return id;
}
