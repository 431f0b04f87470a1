import { z } from 'zod';
import {
  addressRange, choice, duration, file, identifier, leaf, list, locale, origin, port, postgresUrl, text, wholeNumber,
} from './leaf.js'; // prettier-ignore

export const proxy = z.strictObject({
  trustedAddresses: list(addressRange).describe('Addresses of the proxies. The headers below count only when they come from these; from anyone else they are refused.'),
  clientCertificateHeader: choice('rfc9440', 'nginx', 'envoy', 'haproxy', 'none')
    .default('none')
    .describe('How the proxy hands on the client certificate: `rfc9440` (`Client-Cert`), `nginx` (`SSL-Client-Cert`, URL-encoded PEM), `envoy` (`X-Forwarded-Client-Cert`), `haproxy` (`X-SSL-Client-DER`, base64 DER), or `none`.'),
});

const listening = {
  host: text.optional().describe('Address to listen on. 127.0.0.1 in development, 0.0.0.0 in production.'),
  port: port.optional().describe('Port to listen on. That of `publicUrl` where it names one.'),
};

const publicUrl = origin.optional().describe('How the world reaches it: scheme, host and port.');

const server = {
  publicUrl,
  ...listening,
  healthHost: text.optional().describe('Address of the plain listener for `/health/live`, `/health/ready` and `/metrics`. 127.0.0.1.'),
  healthPort: port.optional().describe('Port of that listener.'),
  proxy: proxy.optional().describe('A proxy of its own, instead of the one above.'),
};

export const authorizationServer = z.strictObject({
  ...server,
  mtlsUrl: leaf('an https URL without a path, or none', (value) => (value === 'none' ? 'none' : origin.safeParse(value).data))
    .optional()
    .describe('Base of `mtls_endpoint_aliases`. `none`: the main address asks for certificates itself.'),
  mtlsPort: port.optional().describe('Port of the listener that asks for a client certificate. That of `mtlsUrl`.'),
  sessionLifetime: duration.default(1800).describe('How long a customer stays signed in.'),
  interactionLifetime: duration.default(900).describe('How long a sign-in and consent may take.'),
  loginThrottle: z
    .strictObject({
      attempts: wholeNumber(1, 1000).default(5).describe('Failed sign-ins per login and address …'),
      window: duration.default(300).describe('… within this time; further ones are refused.'),
    })
    .prefault({})
    .describe('Brake on password guessing.'),
  keyRotation: z
    .strictObject({
      every: duration.default(30 * 86_400).describe('A signing key signs for this long.'),
      keepPrevious: duration.default(86_400).describe('Then it stays published for this long. Longer than any token it signed lives.'),
    })
    .prefault({})
    .describe('Rotation of signing keys.'),
});

export const resourceServer = z.strictObject({
  ...server,
  resource: identifier.optional().describe('Its identifier, which access tokens name as audience. `publicUrl`.'),
  verification: choice('jwt', 'introspection', 'jwt-or-introspection')
    .optional()
    .describe('How it checks access tokens: itself, by asking the issuer, or as the token asks for. `jwt-or-introspection` when there is an `introspectionClientId`, else `jwt`.'),
  introspectionClientId: text.optional().describe('The client it asks the issuer as. Needed for introspection.'),
  clientKeyFile: file.optional().describe('Private key set (JWKS) of that client. In development `<dataFolder>/pki/clients/<client_id>.jwks.json`.'),
});

const site = z.strictObject({ publicUrl, ...listening });
export const grantManagement = z.strictObject({
  ...server,
  dashboard: site.prefault({}).describe('The customer’s dashboard.'),
  staff: site.prefault({}).describe('The staff console.'),
});

export const relyingParty = z.strictObject({
  ...server,
  clients: list(
    z.strictObject({
      issuer: text.describe('Name of an issuer of this file.'),
      clientId: text.describe('The `client_id` there. Its keys lie in `<dataFolder>/pki/clients/`.'),
    }),
  )
    .default([])
    .describe('The clients it plays.'),
});

export const database = z.strictObject({
  url: postgresUrl.optional().describe('PostgreSQL 15 or newer. Left out: the embedded one of `npm start`, in the data folder. Better given as `DATABASE_URL`, so that no password stands in a file.'),
  poolSize: wholeNumber(1, 500).default(10).describe('Connections per process.'),
});

export const tlsFiles = z.strictObject({
  certificateFile: file.optional().describe('PEM: the server certificate and its chain. In development `<dataFolder>/pki/server.crt.pem`.'),
  keyFile: file.optional().describe('PEM: its private key. In development `<dataFolder>/pki/server.key.pem`.'),
  clientAuthorityFiles: list(file).optional().describe('PEM: who may issue certificates for `tls_client_auth`. In development `<dataFolder>/pki/clients-ca.crt.pem`.'),
  serverAuthorityFiles: list(file).optional().describe('PEM: whom to trust in outbound calls, beside the system’s. In development `<dataFolder>/pki/root.crt.pem`.'),
  termination: choice('here', 'proxy').default('here').describe('`proxy`: TLS ends at a proxy, and every listener is plain HTTP.'),
});

export const outbound = z.strictObject({
  authorizationServerUrl: origin.optional().describe('Where our own servers reach the authorization server for keys and introspection, if not at its public URL. Plain http only to a loopback address.'),
  timeoutMs: wholeNumber(100, 60_000).default(3000).describe('Time limit of one fetch (`jwks_uri`, …), in milliseconds.'),
  maxBytes: wholeNumber(1024, 16_777_216).default(65_536).describe('Size limit of one answer.'),
  allowPrivateAddresses: list(addressRange).default([]).describe('Internal addresses that may be fetched from. None, unless named here.'),
});

export const bank = z.strictObject({
  name: text.default('Harbour Bank').describe('The bank’s name on every page.'),
  helpText: text.default('Need help? Ask at any branch.').describe('Whom a customer may ask, under every page.'),
  locales: list(locale).default(['en', 'pt-BR', 'ar']).describe('Languages of the pages, the preferred one first.'),
});
