import type { ResourceDialect } from '../route.js';

/** `{ errors: [{ code, detail, path? }] }`. */
export const neutralErrors: ResourceDialect['error'] = ({ status, code, description, path }) => ({
  status,
  body: { errors: [{ code, detail: description, ...(path !== undefined && { path }) }] },
});
