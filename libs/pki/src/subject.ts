import * as x509 from './x509.js';

/** One attribute of a name: its type by descriptor or dotted object identifier. */
export interface SubjectAttribute {
  readonly type: string;
  readonly value: string;
}

/** A distinguished name in the order it is encoded, the least specific part first; one attribute for each part. */
export type Subject = readonly SubjectAttribute[];

/** What `@peculiar/x509` has no descriptor for. */
const identifiers: Readonly<Record<string, string>> = {
  UID: '0.9.2342.19200300.100.1.1',
  organizationIdentifier: '2.5.4.97',
  businessCategory: '2.5.4.15',
  serialNumber: '2.5.4.5',
  jurisdictionCountryName: '1.3.6.1.4.1.311.60.2.1.3',
};

/** Values are data: a bare text would be read by the rules of the text form, where `#` begins octets and quotes cut out what they enclose. */
export const nameOf = (subject: Subject): x509.Name => new x509.Name(subject.map(({ type, value }) => ({ [identifiers[type] ?? type]: [encoded(value)] })) as x509.JsonNameParams);

const encoded = (value: string): { readonly printableString: string } | { readonly utf8String: string } => (/^[A-Za-z0-9 '()+,./:=?-]*$/.test(value) ? { printableString: value } : { utf8String: value });
