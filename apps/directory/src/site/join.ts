import type { Form } from '@assent/protocol';
import { rolesInForce, type Organisation, type Software } from '@assent/persistence/directory';
import { certify, createOrganisation, createSoftware, issueStatement, keyPem, privateJwkOf, type NewCertificate } from '../decisions.js';
import { keySetUrl, type Actor, type Directory } from '../directory.js';
import { organisationEntry, readEntry, softwareEntry, softwareRoles, type Problem } from '../entries.js';
import { encryptsIdTokens, rolesOf, type JoinableMarket } from '../markets.js';
import type { MadeFile } from '../pages/made.js';
import type { JoinField, JoinProblem } from '../pages/join.js';
import { OAuthError } from '@assent/protocol';

export const joinFields: readonly JoinField[] = ['organisation', 'legal_name', 'country', 'register_number', 'client_name', 'redirect_uris', 'market'];

/** Everything of software that has joined, as the command reads it. */
export interface Bundle {
  readonly directory: string;
  readonly market: string;
  readonly software_id: string;
  readonly organisation_id: string;
  readonly api_key: string;
  readonly jwks_uri: string;
  readonly redirect_uris: readonly string[];
  readonly authority: string;
  readonly transport: { readonly certificate: string; readonly private_key: string };
  readonly signing: { readonly certificate: string; readonly private_jwk: unknown };
  readonly encryption?: { readonly certificate: string; readonly private_jwk: unknown };
}

export interface Joined {
  readonly software: Software;
  readonly bundle: Bundle;
  readonly statement: { readonly text: string; readonly until: Date } | undefined;
}

/** Organisation, software, certificates and statement at once, or what is wrong with what was entered. */
export async function join(directory: Directory, form: Form, actor: Actor): Promise<Joined | { readonly problems: readonly JoinProblem[] }> {
  const { markets, store } = directory;
  const entered = (name: JoinField): string => form.all(name)[0]?.trim() ?? '';
  const market = markets.get(entered('market'));
  const known = entered('organisation') === '' ? undefined : await store.organisation(entered('organisation'));
  const organisation = entered('organisation') === '' ? readEntry(organisationEntry, { legal_name: entered('legal_name'), country: entered('country'), register_number: entered('register_number') }) : undefined;
  const software = readEntry(softwareEntry, { organisation_id: 'new', client_name: entered('client_name'), redirect_uris: [entered('redirect_uris')] });
  const problems: JoinProblem[] = [
    ...(organisation && 'problems' in organisation ? organisation.problems.map(fieldOf) : []),
    ...(!organisation && known?.status !== 'active' ? [{ field: 'organisation', says: 'organisation' } as const] : []),
    ...('problems' in software ? software.problems.map(fieldOf) : []),
    ...(market ? [] : [{ field: 'market', says: 'market' } as const]),
  ];
  if (problems.length > 0 || !market || 'problems' in software || (organisation && 'problems' in organisation)) return { problems };
  const { client_name: _name, organisation_id: _id, roles: _roles, markets: _markets, ...rest } = software.value;
  const metadata = { ...rest, client_name: software.value.client_name };
  const of = organisation ? await newOrganisation(directory, organisation.value, market, actor) : known;
  if (!of) return { problems: [{ field: 'register_number', says: 'taken' }] };
  if (market.dialect.roles.length > 0 && !of.roles.some((role) => role.market === market.name)) return { problems: [{ field: 'market', says: 'noRoles' }] };
  const roles = market.dialect.roles.length > 0 ? softwareRoles(of.roles, undefined, [market.name]) : [];
  const made = await createSoftware(directory, { organisation: of, roles, metadata }, actor);
  return equip(directory, made.software, made.apiKey, market, actor);
}

const fieldOf = ({ member }: Problem): JoinProblem => {
  const field = joinFields.find((name) => member.startsWith(name)) ?? 'client_name';
  return { field, says: field };
};

/** `undefined`: there is one of that country with the number. */
async function newOrganisation(directory: Directory, { legal_name: legalName, country, register_number: registerNumber }: { legal_name: string; country: string; register_number: string }, market: JoinableMarket, actor: Actor): Promise<Organisation | undefined> {
  const roles = rolesOf(market).map((role) => ({ ...role, status: 'active' as const }));
  try {
    return await createOrganisation(directory, { legalName, country, registerNumber, roles }, actor);
  } catch (error) {
    if (error instanceof OAuthError && error.status === 409) return undefined;
    throw error;
  }
}

/** Certificates of every kind the market wants, and a first statement. */
async function equip(directory: Directory, software: Software, apiKey: string, market: JoinableMarket, actor: Actor): Promise<Joined> {
  const certificate = (purpose: 'transport' | 'signing' | 'encryption'): Promise<NewCertificate> => certify(directory, software, { purpose, market, from: { key: 'rsa' } }, actor);
  const [transport, signing] = [await certificate('transport'), await certificate('signing')];
  const encryption = encryptsIdTokens(market.dialect) ? await certificate('encryption') : undefined;
  const signed = market.dialect.statement && (market.dialect.roles.length === 0 || rolesInForce(software).length > 0) ? await issueStatement(directory, software, market, actor) : undefined;
  const bundle: Bundle = {
    directory: directory.config.publicUrl,
    market: market.name,
    software_id: software.id,
    organisation_id: software.organisation.id,
    api_key: apiKey,
    jwks_uri: keySetUrl(directory, software.id),
    redirect_uris: software.metadata.redirect_uris,
    authority: directory.authority.certificate.toString(),
    transport: { certificate: transport.pem, private_key: keyPem(transport.privateKey!) },
    signing: { certificate: signing.pem, private_jwk: privateJwkOf(signing) },
    ...(encryption ? { encryption: { certificate: encryption.pem, private_jwk: privateJwkOf(encryption) } } : {}),
  };
  return { software, bundle, statement: signed && { text: signed.statement, until: signed.expiresAt } };
}

/** A file name of a person's words. */
export const slugOf = (name: string): string => name.normalize('NFKD').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 40) || 'software';

export function filesOf({ software, bundle, statement }: Joined): readonly MadeFile[] {
  const slug = slugOf(software.metadata.client_name);
  const pem = (label: MadeFile['label'], name: string, content: string): MadeFile => ({ label, name: `${slug}.${name}`, content });
  const jwk = (label: MadeFile['label'], name: string, content: unknown): MadeFile => ({ label, name: `${slug}.${name}`, content: `${JSON.stringify(content, undefined, 2)}\n` });
  return [
    jwk('bundle', 'json', bundle),
    pem('transportCertificate', 'transport.crt.pem', bundle.transport.certificate),
    pem('transportKey', 'transport.key.pem', bundle.transport.private_key),
    pem('signingCertificate', 'signing.crt.pem', bundle.signing.certificate),
    jwk('signingKey', 'signing.jwk.json', bundle.signing.private_jwk),
    ...(bundle.encryption ? [pem('encryptionCertificate', 'encryption.crt.pem', bundle.encryption.certificate), jwk('encryptionKey', 'encryption.jwk.json', bundle.encryption.private_jwk)] : []),
    pem('authority', 'authority.pem', bundle.authority),
    ...(statement ? [pem('statement', 'statement.jwt', statement.text)] : []),
  ];
}

/** Where the market's first issuer of this deployment is, else a place to fill in. */
export async function commandFor(directory: Directory, { software, bundle }: Joined): Promise<string> {
  const servers = await directory.store.authorisationServers();
  const own = servers.find(({ market }) => (market ?? 'plain') === bundle.market);
  return `npm run directory -- register --file ${slugOf(software.metadata.client_name)}.json \\\n  --issuer ${own?.issuer ?? 'https://<issuer>'}`;
}
