import { SafeUrl, type DeviceForm, type Frame, type Locale } from '@assent/pages';
import { sha256 } from '@assent/protocol';
import { csrfToken } from '../interaction/csrf.js';
import { frameOf, localeAsked } from '../interaction/pages.js';
import type { Visit } from '../interaction/visit.js';

/** What forms of the list, and of the page of one request, post to. */
export type DevicePost = 'login' | 'sign-out' | 'unblock' | 'decide' | 'deny' | 'block';

/** One page of the customer's device: the list, or that of the request with this id. */
export interface DevicePlace {
  readonly visit: Visit;
  readonly id?: string;
}

/** The address of a page, or of what its forms post to; in the language the customer clicked on. */
export function devicePath({ visit, id }: DevicePlace, post?: DevicePost, more: Readonly<Record<string, string>> = {}): string {
  const base = new URL(visit.issuer.endpoints.device).pathname;
  const path = `${base}${id === undefined ? '' : `/requests/${id}`}${post ? `/${post}` : ''}`;
  const query = new URLSearchParams({ ...more, ...(visit.clickedLocale !== undefined && { ui_locales: deviceLocale(visit) }) }).toString();
  return query === '' ? path : `${path}?${query}`;
}

export const listOf = ({ visit }: DevicePlace): DevicePlace => ({ visit });

export const deviceLocale = (visit: Visit): Locale => localeAsked(visit, []);

/** The page's frame, with its address in each language. */
export const deviceFrame = (place: DevicePlace, locale = deviceLocale(place.visit)): Frame => ({
  ...frameOf(place.visit.engine, locale),
  inLanguage: (other) => SafeUrl.of(devicePath({ ...place, visit: { ...place.visit, clickedLocale: other } })),
});

/** All forms of these pages are tied to browser and session; which request one is about, its address says. */
export const deviceForms = ({ issuer }: Pick<Visit, 'issuer'>) => ({ hash: sha256(`device\0${issuer.issuer}`) });

export function deviceForm(place: DevicePlace, post: DevicePost, more: Readonly<Record<string, string>> = {}): DeviceForm {
  const { visit } = place;
  const language = visit.clickedLocale === undefined ? {} : { ui_locales: deviceLocale(visit) };
  return { to: SafeUrl.of(devicePath({ ...place, visit: { ...visit, clickedLocale: undefined } }, post)), hidden: { csrf: csrfToken(visit, deviceForms(visit)), ...language, ...more } };
}
