import { preconditionFailed, type Grant } from '@assent/protocol';

/** The entity tag of a grant as it stands: its version (GM-CC-05). */
export const entityTag = ({ version }: Pick<Grant, 'version'>): string => `"${version}"`;

type Header = string | undefined;

/** `412` unless `If-Match` is absent or names the grant as it stands (RFC 9110 section 13.1.1). */
export function verifyMatch(ifMatch: Header, grant: Grant): void {
  if (ifMatch !== undefined && !listsStrongly(ifMatch, entityTag(grant))) throw changedMeanwhile();
}

export const changedMeanwhile = () => preconditionFailed('the grant has changed: it is of another version than If-Match names', 'GM-CC-05');

/** `412` when `If-None-Match` names the grant as it stands: of a method that changes something (RFC 9110 section 13.1.2). */
export function verifyNoneMatch(ifNoneMatch: Header, grant: Grant): void {
  if (isKnown(ifNoneMatch, grant)) throw preconditionFailed('the grant is of a version that If-None-Match names', 'GM-CC-05');
}

/** Whether the caller has the grant as it stands already (RFC 9110 section 13.1.2). */
export const isKnown = (ifNoneMatch: Header, grant: Grant): boolean => ifNoneMatch !== undefined && tagsOf(ifNoneMatch).some((tag) => tag === '*' || tag.replace(/^W\//, '') === entityTag(grant));

/** A weak tag never matches strongly (RFC 9110 section 8.8.3.2). */
const listsStrongly = (header: string, tag: string): boolean => tagsOf(header).some((one) => one === '*' || one === tag);

const tagsOf = (header: string): readonly string[] => header.split(',').map((tag) => tag.trim());
