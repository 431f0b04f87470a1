import { serializeItem, type BareItem, type Item, type Parameters } from 'structured-headers';
import { badComponent } from './http-signature-error.js';

/** What a signature covers: a field or a derived component, with the parameters of RFC 9421 section 2.1 and 2.4. */
export interface Component {
  /** A field name in lower case, or a derived component such as `@method`. */
  readonly name: string;
  /** Strict serialisation of a structured field. */
  readonly sf?: true;
  /** One member of a dictionary field. */
  readonly key?: string;
  /** The field's lines as byte sequences. */
  readonly bs?: true;
  /** From the trailers. */
  readonly tr?: true;
  /** Of the request that is answered. */
  readonly req?: true;
  /** Which query parameter: of `@query-param`. */
  readonly of?: string;
  /** Parameters in the order they were received. */
  readonly order?: readonly string[];
}

export const derivedNames = ['@method', '@target-uri', '@authority', '@scheme', '@request-target', '@path', '@query', '@query-param', '@status'] as const;
export type DerivedName = (typeof derivedNames)[number];

const fieldName = /^[!#$%&'*+.^_`|~0-9a-z-]{1,200}$/;
const flags = ['sf', 'bs', 'tr', 'req'] as const;

/** Reads a member of a signature's list of components. `HttpSignatureError` component when it is none this library knows. */
export function readComponent([value, parameters]: Item): Component {
  if (typeof value !== 'string') throw badComponent('a component is named by a string');
  const component: Record<string, unknown> = { name: value, order: [...parameters.keys()] };
  for (const [name, given] of parameters) {
    if ((flags as readonly string[]).includes(name) && given === true) component[name] = true;
    else if ((name === 'key' || name === 'name') && typeof given === 'string') component[name === 'name' ? 'of' : name] = given;
    else throw badComponent(`unknown parameter ${name} of ${value}`);
  }
  return checkComponent(component as unknown as Component);
}

/** Which parameters go together (RFC 9421 sections 2.1, 2.2, 2.4). */
export function checkComponent(component: Component): Component {
  const { name, sf, key, bs, tr, of } = component;
  if (name.startsWith('@')) {
    if (!(derivedNames as readonly string[]).includes(name)) throw badComponent(`unknown derived component ${name}`);
    if (sf || bs || tr || key !== undefined) throw badComponent(`${name} takes no parameter of a field`);
    if ((name === '@query-param') !== (of !== undefined)) throw badComponent('@query-param, and nothing else, needs a name');
  } else {
    if (!fieldName.test(name)) throw badComponent('a field is named in lower case');
    if (of !== undefined) throw badComponent(`${name} takes no name`);
    if (bs && (sf || key !== undefined)) throw badComponent(`${name}: bs goes with neither sf nor key`);
  }
  return component;
}

/** `"content-digest";req`: how a component stands in the list and at the head of its line. */
export function identifierOf(component: Component): string {
  const { name, sf, key, bs, tr, req, of } = component;
  // Most components are bare, and a checked name needs no escaping.
  if (!sf && key === undefined && !bs && !tr && of === undefined) return req ? `"${name}";req` : `"${name}"`;
  return serializeItem([component.name, parametersOf(component)]);
}

const written = ['sf', 'bs', 'tr', 'key', 'name', 'req'] as const;

const none: Parameters = new Map();

function parametersOf(component: Component): Parameters {
  const { sf, key, bs, tr, req, of } = component;
  if (!sf && key === undefined && !bs && !tr && !req && of === undefined) return none;
  const value = (name: string): BareItem | undefined => (name === 'name' ? component.of : component[name as 'sf' | 'key']);
  const order = component.order ?? written;
  return new Map(order.flatMap((name): [string, BareItem][] => {
    const given = value(name);
    return given === undefined ? [] : [[name, given]];
  }));
}
