/** Names by which attribute types are written in distinguished names: RFC 4514 section 3, RFC 4519, and those directories use. */
const oids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3', SN: '2.5.4.4', SERIALNUMBER: '2.5.4.5', C: '2.5.4.6', L: '2.5.4.7', ST: '2.5.4.8', STREET: '2.5.4.9',
  O: '2.5.4.10', OU: '2.5.4.11', TITLE: '2.5.4.12', DESCRIPTION: '2.5.4.13', BUSINESSCATEGORY: '2.5.4.15',
  POSTALADDRESS: '2.5.4.16', POSTALCODE: '2.5.4.17', NAME: '2.5.4.41', GN: '2.5.4.42', INITIALS: '2.5.4.43',
  GENERATIONQUALIFIER: '2.5.4.44', DNQUALIFIER: '2.5.4.46', PSEUDONYM: '2.5.4.65', ORGANIZATIONIDENTIFIER: '2.5.4.97',
  DC: '0.9.2342.19200300.100.1.25', UID: '0.9.2342.19200300.100.1.1', EMAILADDRESS: '1.2.840.113549.1.9.1',
  JURISDICTIONL: '1.3.6.1.4.1.311.60.2.1.1', JURISDICTIONST: '1.3.6.1.4.1.311.60.2.1.2', JURISDICTIONC: '1.3.6.1.4.1.311.60.2.1.3',
};

const synonyms: Readonly<Record<string, string>> = {
  COMMONNAME: 'CN', SURNAME: 'SN', COUNTRYNAME: 'C', COUNTRY: 'C', LOCALITYNAME: 'L', STATEORPROVINCENAME: 'ST', S: 'ST', STREETADDRESS: 'STREET',
  ORGANIZATIONNAME: 'O', ORGANIZATIONALUNITNAME: 'OU', GIVENNAME: 'GN', DOMAINCOMPONENT: 'DC', USERID: 'UID', E: 'EMAILADDRESS', EMAIL: 'EMAILADDRESS',
  JURISDICTIONLOCALITYNAME: 'JURISDICTIONL', JURISDICTIONSTATEORPROVINCENAME: 'JURISDICTIONST',
  JURISDICTIONCOUNTRYNAME: 'JURISDICTIONC', INCORPORATIONCOUNTRY: 'JURISDICTIONC', DN: 'DNQUALIFIER',
};

/** Written under these names; every other type under its object identifier (RFC 4514 section 2.3). */
const short = ['CN', 'L', 'ST', 'O', 'OU', 'C', 'STREET', 'DC', 'UID'];
const names = new Map(short.map((name) => [oids[name], name]));

const own = (table: Readonly<Record<string, string>>, name: string): string | undefined => (Object.hasOwn(table, name) ? table[name] : undefined);

/** The object identifier of an attribute type written as a name or as dotted decimal; `undefined` for a name not known. */
export function attributeOid(type: string): string | undefined {
  if (/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+$/.test(type)) return type;
  const name = type.toUpperCase();
  return own(oids, own(synonyms, name) ?? name);
}

/** The short name RFC 4514 section 3 gives to an object identifier, if any. */
export const shortName = (oid: string): string | undefined => names.get(oid);
