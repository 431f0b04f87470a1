import { z } from 'zod';
import {
  addressRange, by, choice, crlSource, duration, durationUpTo, fee, file, identifier, leaf, list, locale, origin, port, postgresUrl, text, tokenHash, wholeNumber, yesOrNo,
} from './leaf.js'; // prettier-ignore
import { ports } from './ports.js';

export const proxy = z.strictObject({
  trustedAddresses: list(addressRange).describe('Addresses of the proxies. The headers below count only when they come from these; from anyone else they are refused.'),
  clientCertificateHeader: choice('rfc9440', 'nginx', 'envoy', 'haproxy', 'none')
    .default('none')
    .describe('How the proxy hands on the client certificate: `rfc9440` (`Client-Cert`), `nginx` (`SSL-Client-Cert`, URL-encoded PEM), `envoy` (`X-Forwarded-Client-Cert`), `haproxy` (`X-SSL-Client-DER`, base64 DER), or `none`.'),
});

const listening = (usual: number, of = '`127.0.0.1` in development, `0.0.0.0` in production') => ({
  publicUrl: origin.optional().meta(by(`\`https://localhost:${usual}\``, 'How the world reaches it: scheme, host and port.')),
  host: text.optional().meta(by(of, 'Address to listen on.')),
  port: port.optional().meta(by(`that of \`publicUrl\`, else ${usual}`, 'Port to listen on.')),
});

const server = (usual: number, health: number) => ({
  ...listening(usual),
  healthHost: text.optional().meta(by('`127.0.0.1`', 'Address of the plain listener for `/health/live`, `/health/ready` and `/metrics`.')),
  healthPort: port.optional().meta(by(String(health), 'Port of that listener.')),
  proxy: proxy.optional().meta(by('`proxy`', 'A proxy of its own, with the keys of `proxy`.')),
});

export const authorizationServer = z.strictObject({
  ...server(ports.authorizationServer.port, ports.authorizationServer.health),
  mtlsUrl: leaf('an https URL without a path, or none', (value) => (value === 'none' ? 'none' : origin.safeParse(value).data))
    .optional()
    .meta(by(`host of \`publicUrl\`, port \`mtlsPort\` or ${ports.mtls}`, 'Base of `mtls_endpoint_aliases`. `none`: the main address asks for certificates itself.')),
  mtlsPort: port.optional().meta(by(`that of \`mtlsUrl\`, else ${ports.mtls}; behind a proxy no listener of its own`, 'Port of the listener that asks for a client certificate.')),
  // Both within what the stores keep.
  sessionLifetime: durationUpTo('24h').default(1800).describe('How long a customer stays signed in.'),
  interactionLifetime: durationUpTo('2h').default(900).describe('How long a sign-in and consent may take.'),
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
  ...server(ports.resourceServer.port, ports.resourceServer.health),
  resource: identifier.optional().meta(by('`publicUrl`', 'Its identifier, which access tokens name as audience. One of `resources`.')),
  verification: choice('jwt', 'introspection', 'jwt-or-introspection')
    .optional()
    .meta(by('`jwt-or-introspection` with an `introspectionClientId`, else `jwt`', 'How it checks access tokens: itself, by asking the issuer, or as the token asks for.')),
  maxFeedAge: durationUpTo('1m').default(1).describe('What was revoked is known this recently, or requests are answered 503: no token is accepted on old knowledge.'),
  introspectionClientId: text.optional().describe('The client it asks each issuer as: registered at all of them with `introspection: [<resource>]`. Needed for introspection.'),
  revocations: z
    .strictObject({
      source: choice('database', 'https').default('database').describe('Where it learns what was revoked: the database, or the revocation feed over HTTPS, asked as `introspectionClientId`.'),
      url: identifier.optional().meta(by('`grantManagement.publicUrl` and `/revocations`', 'Address of that feed.')),
    })
    .prefault({})
    .describe('How revocations reach it.'),
  clientKeyFile: file.optional().meta(by('`<dataFolder>/pki/clients/<client_id>.jwks.json`; in production none', 'Private key set (JWKS) of that client.')),
});

const site = (usual: number) => listening(usual, 'that of `grantManagement`');
const clientKeyFile = file.optional().meta(by('`<dataFolder>/pki/clients/<client_id>.jwks.json`; in production none', 'Private key set (JWKS) of that client.'));
const dashboardSite = z.strictObject({
  ...site(ports.dashboard),
  issuer: text.optional().describe('Name of the issuer of this file that customers sign in at. Left out: nobody can.'),
  clientId: text.optional().describe('The dashboard’s own client there: `first_party: true`, redirect URI `<publicUrl>/sign-in/callback`.'),
  clientKeyFile,
});
const staffSite = z.strictObject({
  ...site(ports.staff),
  issuerUrl: identifier.optional().describe('OpenID issuer that staff sign in at: one of this file with `signsIn: staff`, or the bank’s own identity provider. Left out: nobody can.'),
  clientId: text.optional().describe('The console’s own client there, with redirect URI `<publicUrl>/sign-in/callback`.'),
  clientKeyFile,
  roleClaim: text.default('roles').describe('The claim of the ID token that holds a person’s roles: `viewer`, `agent`, `supervisor` (text or list).'),
  scope: text.default('openid').describe('Scopes to ask for, where the identity provider ties the role claim to one.'),
});
export const grantManagement = z.strictObject({
  ...server(ports.grantManagement.port, ports.grantManagement.health),
  dashboard: dashboardSite.prefault({}).describe('The customer’s dashboard.'),
  staff: staffSite.prefault({}).describe('The staff console.'),
  events: z
    .strictObject({ giveUpAfter: durationUpTo('30d').default(7 * 86_400).describe('An event a client has not taken by then is given up, and said so in the audit log.') })
    .prefault({})
    .describe('What clients are told of their grants.'),
});

export const relyingParty = z.strictObject({
  ...server(ports.relyingParty.port, ports.relyingParty.health),
  clients: list(
    z.strictObject({
      issuer: text.describe('Name of an issuer of this file.'),
      clientId: text.describe('The `client_id` there. Its keys lie in `<dataFolder>/pki/clients/`.'),
    }),
  )
    .default([])
    .describe('The clients it plays.'),
});

export const directory = z.strictObject({
  ...server(ports.directory.port, ports.directory.health),
  mtlsUrl: origin.optional().meta(by(`host of \`publicUrl\`, port \`mtlsPort\` or ${ports.directory.mtls}`, 'The same API on a listener that asks for a client certificate: software may call it with its transport certificate.')),
  mtlsPort: port.optional().meta(by(`that of \`mtlsUrl\`, else ${ports.directory.mtls}; behind a proxy no listener of its own`, 'Port of that listener.')),
  adminTokenHash: tokenHash.optional().meta(by('that of a token made in `<dataFolder>/directory/admin-token`; in production none', 'SHA-256 of the token that administers the directory: of 32 random bytes or more, as its owner sends it.')),
  authorityCertificateFile: file.optional().meta(by('`<dataFolder>/pki/directory-ca.crt.pem`; in production none', 'PEM: certificate of the authority that issues certificates to software.')),
  authorityKeyFile: file.optional().meta(by('`<dataFolder>/pki/directory-ca.key.pem`; in production none', 'PEM: its private key.')),
  certificateLifetime: durationUpTo('730d').default(365 * 86_400).describe('How long a certificate is good for, unless it is revoked.'),
  revocationLifetime: durationUpTo('7d').default(600).describe('How long a revocation list or an answer about a certificate may be relied on.'),
  statementLifetime: durationUpTo('24h').default(300).describe('How long a software statement is good for.'),
});

export const database = z.strictObject({
  url: postgresUrl.optional().meta(by('the embedded one of `npm start`, in the data folder', 'PostgreSQL 15 or newer. Better given as `DATABASE_URL`, so that no password stands in a file.')),
  poolSize: wholeNumber(1, 500).default(10).describe('Connections per process.'),
});

const local = (name: string, description: string) => by(`\`<dataFolder>/pki/${name}\`; in production none`, description);

export const tlsFiles = z.strictObject({
  certificateFile: file.optional().meta(local('server.crt.pem', 'PEM: the server certificate and its chain.')),
  keyFile: file.optional().meta(local('server.key.pem', 'PEM: its private key.')),
  clientAuthorityFiles: list(file).optional().meta(local('clients-ca.crt.pem', 'PEM: who may issue certificates for `tls_client_auth`.')),
  serverAuthorityFiles: list(file).optional().meta(local('root.crt.pem', 'PEM: whom to trust in outbound calls, beside the system’s.')),
  revocation: z
    .strictObject({
      mode: choice('off', 'crl', 'ocsp').default('off').describe('How revoked client certificates are known: not at all, by revocation lists, or by asking the authority about each (OCSP, at the address in the certificate).'),
      crls: list(crlSource).optional().meta(by('the list of `directory`, where there is one', 'Where revocation lists are: https URLs or files, each signed by one of `clientAuthorityFiles`.')),
      softFail: yesOrNo.optional().meta(by('`true` in development, `false` in production', '`false`: while a list is missing or has passed its end, or an authority does not answer, certificates it would speak of are answered 503. `true`: they are let in, and a warning is logged.')),
      refreshSeconds: wholeNumber(1, 86_400).default(300).describe('How often lists are fetched, and how long an answer about a certificate is relied on at most.'),
    })
    .prefault({})
    .describe('Client certificates that were revoked are refused.'),
  termination: choice('here', 'proxy').default('here').describe('`proxy`: TLS ends at a proxy, and every listener is plain HTTP.'),
});

export const outbound = z.strictObject({
  authorizationServerUrl: origin.optional().meta(by('`authorizationServer.publicUrl`', 'Where our own servers reach the authorization server for keys and introspection. Plain http only to a loopback address.')),
  timeoutMs: wholeNumber(100, 60_000).default(3000).describe('Time limit of one fetch (`jwks_uri`, …), in milliseconds.'),
  maxBytes: wholeNumber(1024, 16_777_216).default(65_536).describe('Size limit of one answer.'),
  allowPrivateAddresses: list(addressRange).default([]).describe('Internal addresses that may be fetched from. None, unless named here.'),
});

export const bank = z.strictObject({
  name: text.default('Harbour Bank').describe('The bank’s name on every page.'),
  helpText: text.default('Need help? Ask at any branch.').describe('Whom a customer may ask, under every page.'),
  locales: list(locale).default(['en', 'pt-BR', 'ar']).describe('Languages of the pages, the preferred one first.'),
  paymentFee: fee.default('0.00').describe('What the bank charges a customer for one payment, in the currency of the payment, as the page of a payment says it.'),
  paymentApproval: duration.default(86_400).describe('How long the approval of a single payment lasts where nothing but such payments is asked for.'),
});
