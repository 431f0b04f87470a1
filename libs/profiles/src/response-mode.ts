import type { Client } from '@assent/protocol';
import type { Policy } from './policy.js';

/** How an authorization response travels, once `jwt` and the default of the response type are resolved. */
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'query.jwt' | 'fragment.jwt' | 'form_post.jwt';

/** Every mode there is; `jwt` stands for the response type's default (JARM section 2.3.4). */
export const jarmModes = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'] as const;

/** Whether the whole response is one JWT (JARM section 2.3). */
export const isJarmMode = (mode: string): boolean => (jarmModes as readonly string[]).includes(mode);

/** The words of a response type in one order: `id_token code` is `code id_token` (OAuth 2.0 Multiple Response Types section 3). */
export const responseTypeOf = (text: string): string => text.split(' ').sort().join(' ');

export const isHybrid = (responseType: string): boolean => responseType.split(' ').includes('id_token');

/**
 * The mode a response takes: as asked; `jwt` and nothing at all mean the query for a code alone, the fragment for
 * everything else (OAuth 2.0 Multiple Response Types section 5, JARM section 2.3.4).
 */
export function responseModeOf(responseType: string, asked: string | undefined): ResponseMode {
  const home = isHybrid(responseType) ? 'fragment' : 'query';
  if (asked === undefined) return home;
  return asked === 'jwt' ? `${home}.jwt` : (asked as ResponseMode);
}

/** The modes a client may ask for (FAPI 2.0 Message Signing 5.3.3). */
export const modesOf = (client: Pick<Client, 'response_modes'>, policy: Pick<Policy, 'responseModes'>): readonly string[] => client.response_modes ?? policy.responseModes;
