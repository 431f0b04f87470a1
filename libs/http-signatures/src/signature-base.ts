import { serializeInnerList, type BareItem, type InnerList } from 'structured-headers';
import { checkComponent, identifierOf, type Component } from './component.js';
import { componentValue, type Around } from './component-value.js';
import { badComponent } from './http-signature-error.js';
import type { HttpMessage } from './message.js';

/**
 * The parameters of a signature (RFC 9421 section 2.3), written in the order of their members. Times are whole seconds
 * since the epoch. Further members are parameters of one's own.
 */
export interface SignatureParameters {
  readonly created?: number;
  readonly expires?: number;
  readonly nonce?: string;
  readonly alg?: string;
  readonly keyid?: string;
  readonly tag?: string;
  readonly [parameter: string]: BareItem | undefined;
}

/** What a signature says it covers, and how. */
export interface SignatureInput {
  readonly components: readonly Component[];
  readonly parameters: SignatureParameters;
}

/** Most components one signature may cover; far above any honest one. */
export const maxComponents = 64;

/** The value of `@signature-params`, and of the signature's member in `Signature-Input` (RFC 9421 section 2.3). */
export function serializeInput({ components, parameters }: SignatureInput): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, BareItem] => entry[1] !== undefined);
  const list: InnerList = [[], new Map(given)];
  return `(${components.map(identifierOf).join(' ')})${serializeInnerList(list).slice('()'.length)}`;
}

/** The text that is signed (RFC 9421 section 2.5; HS-SB-01). `HttpSignatureError` component when it cannot be made. */
export function signatureBase(input: SignatureInput, message: HttpMessage, around: Around = {}): string {
  if (input.components.length > maxComponents) throw badComponent(`a signature covers at most ${maxComponents} components`);
  const identifiers = new Set<string>();
  const lines = input.components.map((component) => {
    const identifier = identifierOf(checkComponent(component));
    const key = identifierKey(component, identifier);
    if (identifiers.has(key)) throw badComponent(`${identifier} is covered twice`);
    identifiers.add(key);
    return `${identifier}: ${componentValue(component, message, around)}`;
  });
  return [...lines, `"@signature-params": ${serializeInput(input)}`].join('\n');
}

/** Two components are the same whatever the order of their parameters (RFC 9421 section 2.5). */
function identifierKey({ order, ...component }: Component, identifier: string): string {
  return order === undefined || order.length < 2 ? identifier : identifierOf(component);
}
