import { attributeOid, type ClientCertificate } from '@assent/crypto';
import type { Organisation, Software } from './participants.js';
import type { Statement } from './statement.js';

/** An attribute of a subject: its type as a name (`UID`) or object identifier, and its value. */
export interface SubjectAttribute {
  readonly type: string;
  readonly value: string;
}

/**
 * A market's certificates of third parties, both ends: the subject a directory's authority writes, and the rules by
 * which a certificate belongs to a statement.
 */
export interface CertificateDialect {
  readonly clause: string;
  /** Of a transport certificate, most specific last, as it stands in the certificate. */
  subject(software: Software, organisation: Organisation): readonly SubjectAttribute[];
  /** Each must hold. Empty: any certificate of a trusted authority will do. */
  readonly binds: readonly BindingRule[];
}

/** The subject most trust frameworks write: country, legal name, the organisation's id, the software's id. */
export const softwareSubject: CertificateDialect['subject'] = (software, organisation) => [
  { type: 'C', value: organisation.country },
  { type: 'O', value: organisation.legalName },
  { type: 'OU', value: organisation.id },
  { type: 'CN', value: software.id },
];

/** One of `anyOf`, the first whose attribute the subject has, must have one of its values, and no other. */
export interface BindingRule {
  readonly says: string;
  readonly anyOf: readonly { readonly type: string; values(statement: Statement): readonly string[] }[];
}

/** What keeps a certificate from being the statement's; `undefined` when nothing does. */
export function certificateFault({ binds }: CertificateDialect, { subject }: Pick<ClientCertificate, 'subject'>, statement: Statement): string | undefined {
  return binds.find((rule) => !holds(rule, subject, statement))?.says;
}

function holds({ anyOf }: BindingRule, subject: ClientCertificate['subject'], statement: Statement): boolean {
  for (const { type, values } of anyOf) {
    const found = attributesOf(subject, type);
    // Whoever may put two values under one name could put another's beside its own.
    if (found.length > 0) return found.length === 1 && found[0] !== undefined && values(statement).includes(found[0]);
  }
  return false;
}

/** Values of an attribute of a subject, by name or object identifier; `undefined` among them: one that is no text. */
export function attributesOf(subject: ClientCertificate['subject'], type: string): readonly (string | undefined)[] {
  const oid = attributeOid(type);
  return subject.flat().filter((attribute) => attribute.oid === oid).map(({ text }) => text);
}
