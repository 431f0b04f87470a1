import { parseDictionary, parseItem, parseList, serializeDictionary, serializeInnerList, serializeItem, serializeList, type Dictionary, type InnerList, type Item } from 'structured-headers';
import { badComponent, malformed } from './http-signature-error.js';

export type StructuredType = 'dictionary' | 'list' | 'item';

/** Fields whose structured type is registered and that may be covered with `sf`. A caller may name more. */
const registered: Readonly<Record<string, StructuredType>> = {
  'accept-signature': 'dictionary',
  'cache-status': 'list',
  'client-cert': 'item',
  'client-cert-chain': 'list',
  'content-digest': 'dictionary',
  priority: 'dictionary',
  'proxy-status': 'list',
  'repr-digest': 'dictionary',
  signature: 'dictionary',
  'signature-input': 'dictionary',
  'want-content-digest': 'dictionary',
  'want-repr-digest': 'dictionary',
};

/** The strict serialisation of a structured field (`sf`, RFC 9421 section 2.1.1). */
export function strictly(name: string, value: string, types: Readonly<Record<string, StructuredType>> = {}): string {
  const type = Object.hasOwn(types, name) ? types[name] : Object.hasOwn(registered, name) ? registered[name] : undefined;
  if (type === undefined) throw badComponent(`${name} is not known as a structured field`);
  return parsed(name, () => {
    if (type === 'dictionary') return serializeDictionary(parseDictionary(value));
    return type === 'list' ? serializeList(parseList(value)) : serializeItem(parseItem(value));
  });
}

/** One member of a dictionary field (`key`, RFC 9421 section 2.1.2). */
export function memberOf(name: string, value: string, key: string): string {
  return parsed(name, () => {
    const member = parseDictionary(value).get(key);
    if (member === undefined) throw badComponent(`${name} has no member ${key}`);
    return serializeMember(member);
  });
}

export const isInnerList = (member: Item | InnerList): member is InnerList => Array.isArray(member[0]);
export const serializeMember = (member: Item | InnerList): string => (isInnerList(member) ? serializeInnerList(member) : serializeItem(member));

function parsed(name: string, read: () => string): string {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'HttpSignatureError') throw cause;
    throw badComponent(`${name} is not a well-formed structured field`, cause);
  }
}

/**
 * A dictionary in which nothing stands twice. RFC 9651 lets the last of equal names win; here a second reader could
 * then have seen another signature, so it is refused.
 */
export function parseUnambiguousDictionary(name: string, value: string): Dictionary {
  let dictionary: Dictionary;
  try {
    dictionary = parseDictionary(value);
  } catch (cause) {
    throw malformed(`${name} is not a well-formed dictionary`, cause);
  }
  const { members, parameters } = counted(value);
  if (dictionary.size !== members) throw malformed(`${name} names a label twice`);
  const kept = [...dictionary.values()].reduce((sum, member) => sum + parametersIn(member), 0);
  if (kept !== parameters) throw malformed(`${name} names a parameter twice`);
  return dictionary;
}

const parametersIn = (member: Item | InnerList): number =>
  member[1].size + (isInnerList(member) ? member[0].reduce((sum, [, inner]) => sum + inner.size, 0) : 0);

/** Members and parameters of a well-formed dictionary, counted as they are written: one pass. */
function counted(text: string): { readonly members: number; readonly parameters: number } {
  let members = text.trim() === '' ? 0 : 1;
  let parameters = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ',') members += 1;
    else if (!quoted && character === ';') parameters += 1;
  }
  return { members, parameters };
}
