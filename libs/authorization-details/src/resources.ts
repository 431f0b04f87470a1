import type { AuthorizationDetail } from '@assent/protocol';

/** A resource server, as far as details are concerned. */
export interface DetailResource {
  readonly identifier: string;
  /** Types it understands. */
  readonly authorizationDetailsTypes: readonly string[];
}

/** The details a resource server is shown: of types it understands, and meant for it where they name a location (RFC 9396 section 9). */
export const detailsFor = (details: readonly AuthorizationDetail[], resource: DetailResource): readonly AuthorizationDetail[] => details.filter((detail) => isFor(detail, resource));

/** Whether a detail is to be used at a resource: it understands the type, and lies where the detail's `locations` point. */
export function isFor(detail: AuthorizationDetail, { identifier, authorizationDetailsTypes }: DetailResource): boolean {
  const locations = detail['locations'] as readonly string[] | undefined;
  return authorizationDetailsTypes.includes(detail.type) && (locations?.some((location) => liesAt(location, identifier)) ?? true);
}

/** A resource is addressed by its identifier or by what lies below it. */
export const liesAt = (location: string, identifier: string): boolean => location === identifier || location.startsWith(identifier.endsWith('/') ? identifier : `${identifier}/`);
