import { isValidElement, options, type VNode } from 'preact';
import { isSafeRedirect, isSafeUrl } from './safe-url.js';

/*
 * Closes what the renderer leaves open, for every element made in the process: it escapes text, but prints
 * `javascript:` addresses, raw HTML and inline code when asked to. Importing this module is enough. The policy of
 * the pages (no inline code, `default-src 'none'`) would stop these too: this is the layer that makes them bugs.
 */

const addresses = new Set(['href', 'src', 'action', 'formaction', 'poster', 'cite', 'data', 'ping', 'manifest']);
const banned = /^(on|dangerouslysetinnerhtml$|style$|srcdoc$|srcset$|ref$)/;
const bannedElements = new Set(['script', 'style', 'iframe', 'object', 'embed', 'base', 'template']);
const continuing = /^\d{1,2}; url=(.+)$/;

const made = new WeakSet<object>();

/** `TypeError` when an element has a banned name, property or child. */
export function verifyElement(type: string, props: Record<string, unknown>): void {
  if (bannedElements.has(type.toLowerCase()) && !isScriptFile(type, props)) throw new TypeError(`<${type}> is not used in pages`);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'children' || value === undefined || value === false) continue;
    const plainName = name.toLowerCase();
    if (banned.test(plainName)) throw new TypeError(`${name} is not used in pages`);
    if (value !== null && typeof value === 'object') throw new TypeError(`${name} must be text`);
    if (typeof value === 'function') throw new TypeError(`${name} must be text`);
    if (addresses.has(plainName) && !isSafeUrl(String(value)) && !(type === 'a' && isSafeRedirect(String(value)))) {
      throw new TypeError(`${name} must come from a SafeUrl`);
    }
  }
  if (type === 'meta' && 'http-equiv' in props) verifyRefresh(props);
}

function verifyRefresh(props: Record<string, unknown>): void {
  const target = continuing.exec(String(props.content))?.[1];
  if (props['http-equiv'] !== 'refresh' || !target || !isSafeRedirect(target)) throw new TypeError('meta must continue to a SafeUrl');
}

/** A file of our own, without inline code. */
const isScriptFile = (type: string, props: Record<string, unknown>): boolean =>
  type === 'script' && typeof props.src === 'string' && props.src.startsWith('/') && props.children === undefined;

function verifyChild(child: unknown): void {
  if (Array.isArray(child)) child.forEach(verifyChild);
  else if (child !== null && typeof child === 'object' && !made.has(child)) throw new TypeError('a child must be text or an element made here');
}

const previous = options.vnode;
options.vnode = (vnode: VNode) => {
  const props = vnode.props as Record<string, unknown>;
  verifyChild(props.children);
  if (typeof vnode.type === 'string') verifyElement(vnode.type, props);
  made.add(vnode);
  previous?.(vnode);
};

/** Whether a value is an element made by our own runtime, and not an object that only looks like one. */
export const isElement = (value: unknown): value is VNode => isValidElement(value) && made.has(value as object);
