/**
 * Descriptors of attribute types and their object identifiers: RFC 4514 section 3, RFC 4519, and what certificates of
 * companies carry besides. The first name of an identifier is the one it is written under.
 */
const descriptors: readonly (readonly [oid: string, ...names: string[]])[] = [
  ['2.5.4.3', 'CN', 'commonName'],
  ['2.5.4.4', 'sn', 'surname'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C', 'countryName'],
  ['2.5.4.7', 'L', 'localityName'],
  ['2.5.4.8', 'ST', 'stateOrProvinceName', 'S'],
  ['2.5.4.9', 'STREET', 'streetAddress'],
  ['2.5.4.10', 'O', 'organizationName'],
  ['2.5.4.11', 'OU', 'organizationalUnitName'],
  ['2.5.4.12', 'title'],
  ['2.5.4.13', 'description'],
  ['2.5.4.15', 'businessCategory'],
  ['2.5.4.16', 'postalAddress'],
  ['2.5.4.17', 'postalCode'],
  ['2.5.4.41', 'name'],
  ['2.5.4.42', 'givenName', 'GN'],
  ['2.5.4.43', 'initials'],
  ['2.5.4.44', 'generationQualifier'],
  ['2.5.4.46', 'dnQualifier'],
  ['2.5.4.65', 'pseudonym'],
  ['2.5.4.97', 'organizationIdentifier'],
  ['0.9.2342.19200300.100.1.25', 'DC', 'domainComponent'],
  ['0.9.2342.19200300.100.1.1', 'UID', 'userId'],
  ['1.2.840.113549.1.9.1', 'emailAddress', 'E', 'email'],
  ['1.3.6.1.4.1.311.60.2.1.1', 'jurisdictionLocalityName', 'jurisdictionL'],
  ['1.3.6.1.4.1.311.60.2.1.2', 'jurisdictionStateOrProvinceName', 'jurisdictionST'],
  ['1.3.6.1.4.1.311.60.2.1.3', 'jurisdictionCountryName', 'jurisdictionC'],
];

const oidOfName = new Map(descriptors.flatMap(([oid, ...names]) => names.map((name) => [name.toUpperCase(), oid] as const)));
const nameOfOid = new Map(descriptors.map(([oid, name]) => [oid, name]));
const dotted = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+$/;

/** The object identifier of an attribute type written as a name (in any case) or as dotted decimal; `undefined` for a name not known. */
export const attributeOid = (type: string): string | undefined => (dotted.test(type) ? type : oidOfName.get(type.toUpperCase()));

/** The name an object identifier is written under, if it has one. */
export const descriptorOf = (oid: string): string | undefined => nameOfOid.get(oid);
