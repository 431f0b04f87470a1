import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { isElement } from './guard.js';

/**
 * A whole document as text. `TypeError` for anything that is no element of ours, or that carries what pages must not
 * (see `guard.ts`).
 */
export function renderDocument(document: VNode): string {
  if (!isElement(document)) throw new TypeError('a document must be an element made here');
  return `<!doctype html>${renderToString(document)}`;
}
